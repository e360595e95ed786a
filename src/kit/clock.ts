/**
 * The node's clock. It is the host's, which nobody has to believe: good to end what would otherwise last for ever, and to
 * explain; never the only thing that keeps somebody out.
 */

/** Milliseconds since 1970. */
export function nowInMilliseconds(): number {
  const before = ccf.enableUntrustedDateTime(true);
  const now = Date.now();
  ccf.enableUntrustedDateTime(before);
  return now;
}

/** Whole seconds since 1970. */
export function nowInSeconds(): number {
  return Math.floor(nowInMilliseconds() / 1000);
}
