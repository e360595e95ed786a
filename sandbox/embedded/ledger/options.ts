import type { SignatureInterval } from "./schedule.js";
import type { LedgerSecrets } from "./secrets.js";
import type { LedgerIdentity, SignatureClaims } from "./signature.js";

/** Whose ledger it is, where it is, and when it is signed. */
export interface LedgerOptions {
  /** folder of the ledger files */
  readonly directory: string;
  readonly identity: LedgerIdentity;
  readonly secrets: LedgerSecrets;
  /** A file that remembers the last committed transaction, so that a ledger which was cut short is noticed. */
  readonly committedMark?: string;
  readonly signatures?: SignatureInterval & {
    /** issuer and subject in COSE signatures; CCF's defaults */
    readonly claims?: SignatureClaims;
  };
  /** bytes after which a ledger file ends with the next signature; 5,000,000 */
  readonly chunkBytes?: number;
  /**
   * Told when a signature could not be made or stored: nothing more is reported committed until one succeeds. And when
   * the clock of this machine has gone back.
   */
  readonly onFailure?: (error: Error) => void;
}
