/** Evidence that does not hold. The message is the one that a CCF node gives. */
export class SnpVerificationError extends Error {
  override readonly name = "SnpVerificationError";
}
