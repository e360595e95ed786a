/**
 * Closed loops: each of some connections sends its next request when the one before is answered, for so many seconds.
 *
 * @param once one request, of the connection with that index
 * @returns how many seconds it took
 */
export async function closedLoops(
  connections: number,
  seconds: number,
  once: (connection: number) => Promise<unknown>,
): Promise<number> {
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  const loop = async (connection: number): Promise<void> => {
    while (elapsed() < seconds) await once(connection);
  };
  await Promise.all(Array.from({ length: connections }, (_, connection) => loop(connection)));
  return elapsed();
}

/** How many requests were answered, and how fast. */
export interface Speed {
  readonly perSecond: number;
  /** milliseconds */
  readonly p50: number;
  readonly p99: number;
}

/** @param took milliseconds, of each request that was answered within these seconds */
export function speed(took: readonly number[], seconds: number): Speed {
  const sorted = took.toSorted((a, b) => a - b);
  const quantile = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? NaN;
  return { perSecond: took.length / seconds, p50: quantile(0.5), p99: quantile(0.99) };
}
