/**
 * Runs code while the clock of this machine, and so that of the node in memory, says another time.
 *
 * @param milliseconds since 1970
 */
export function at<T>(milliseconds: number, run: () => T): T {
  const real = Date.now;
  Date.now = () => milliseconds;
  try {
    return run();
  } finally {
    Date.now = real;
  }
}
