/** The ledger's files are damaged, or cannot be read or written. The message says which, and what can be done. */
export class LedgerError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "LedgerError";
  }
}
