import { createHmac, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { writePrivateFile } from "../tls/private-files.js";
import { accessing, LedgerError } from "./errors.js";

/** A key that encrypts the private part of the ledger. */
export interface LedgerSecret {
  /** 32 bytes, AES-256 */
  readonly key: Uint8Array;
  /** HMAC key from which commit evidence is derived, so that it comes out only with a receipt; 32 bytes */
  readonly commitSecret: Uint8Array;
}

/** A ledger secret with the sequence number of the first transaction that it encrypts. */
export interface VersionedLedgerSecret {
  readonly seqno: number;
  readonly secret: LedgerSecret;
}

/** The ledger secrets by the sequence number from which they hold; kept in a file that only the node's user can read. */
export class LedgerSecrets {
  readonly #file: string | undefined;
  /** ascending */
  #secrets: VersionedLedgerSecret[];

  private constructor(file: string | undefined, secrets: VersionedLedgerSecret[]) {
    this.#file = file;
    this.#secrets = secrets;
  }

  /** A first secret, from transaction 1 on. Without a file the secrets are lost with the process. */
  static create(file?: string): LedgerSecrets {
    const secrets = new LedgerSecrets(file, []);
    secrets.#replace([{ seqno: 1, secret: makeLedgerSecret() }]);
    return secrets;
  }

  /** @throws {LedgerError} if the file is missing or is not one of ledger secrets */
  static open(file: string): LedgerSecrets {
    if (!existsSync(file)) {
      throw new LedgerError(
        `The ledger secrets ${file} are missing: the ledger cannot be decrypted without them. Restore the file from a copy`,
        { code: "LedgerIncomplete" },
      );
    }
    return new LedgerSecrets(
      file,
      parse(
        accessing(`read ${file}`, () => readFileSync(file, "utf8")),
        file,
      ),
    );
  }

  get latest(): VersionedLedgerSecret {
    const latest = this.#secrets.at(-1);
    if (!latest) throw new LedgerError("There is no ledger secret");
    return latest;
  }

  /** All secrets, oldest first. */
  get all(): readonly VersionedLedgerSecret[] {
    return this.#secrets;
  }

  /** The secret of the transaction with this number. */
  at(seqno: number): LedgerSecret {
    const found = this.#secrets.findLast((candidate) => candidate.seqno <= seqno);
    if (!found) throw new LedgerError(`There is no ledger secret for transaction ${seqno}`);
    return found.secret;
  }

  /** Adds a secret and stores it, before anything is encrypted with it. */
  add(seqno: number, secret: LedgerSecret): void {
    this.#replace([...this.#secrets.filter((present) => present.seqno < seqno), { seqno, secret }]);
  }

  /** Forgets secrets whose transactions never came to be. */
  rollback(lastSeqno: number): void {
    const kept = this.#secrets.filter(({ seqno }) => seqno <= Math.max(lastSeqno + 1, 1));
    if (kept.length < this.#secrets.length) this.#replace(kept);
  }

  /** Stored first: what cannot be stored is not used. */
  #replace(secrets: VersionedLedgerSecret[]): void {
    const file = this.#file;
    if (file !== undefined) {
      const lines = secrets.map(
        ({ seqno, secret }) => `${seqno} ${Buffer.from(secret.key).toString("hex")}\n`,
      );
      accessing(`write ${file}`, () => {
        writePrivateFile(file, lines.join(""));
      });
    }
    this.#secrets = secrets;
  }
}

/** A new random secret. */
export function makeLedgerSecret(): LedgerSecret {
  return ledgerSecret(randomBytes(32));
}

function ledgerSecret(key: Uint8Array): LedgerSecret {
  // The label is CCF's: with it, evidence made here is the evidence CCF would make from the same secret.
  return { key, commitSecret: createHmac("sha256", key).update("Commit S").digest() };
}

function parse(text: string, file: string): VersionedLedgerSecret[] {
  const secrets = text
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const match = /^(\d{1,15}) ([0-9a-f]{64})$/.exec(line);
      if (!match?.[2])
        throw new LedgerError(`${file} is damaged: expected lines of a number and 64 hexadecimal digits`);
      return { seqno: Number(match[1]), secret: ledgerSecret(Buffer.from(match[2], "hex")) };
    });
  if (secrets.length === 0 || secrets[0]?.seqno !== 1)
    throw new LedgerError(`${file} is damaged: it has no first secret`);
  return secrets;
}
