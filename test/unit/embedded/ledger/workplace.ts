import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jsonTable, jsonValue, textTable } from "../../../../sandbox/embedded/kv/typed.js";
import type { Transaction } from "../../../../sandbox/embedded/kv/store.js";
import { Ledger, type LedgerOptions } from "../../../../sandbox/embedded/ledger/ledger.js";
import { LedgerSecrets } from "../../../../sandbox/embedded/ledger/secrets.js";
import type { TxId } from "../../../../sandbox/embedded/ledger/txid.js";
import { Identity } from "../../../../sandbox/embedded/tls/identity.js";

const identityOptions = {
  validFrom: new Date(Math.floor(Date.now() / 1000) * 1000),
  serviceValidityDays: 90,
  nodeValidityDays: 90,
  alternativeNames: ["127.0.0.1"],
};

/** A signature is made only when a test asks for one. */
const never = { delayMs: 1_000_000 };

/** A folder with the identity, the secrets and the ledger of a service. */
export class Workplace {
  readonly root: string;
  readonly identity: Identity;
  readonly ledgerFolder: string;
  readonly secretsFile: string;
  readonly markFile: string;

  constructor(copyOf?: string) {
    this.root = mkdtempSync(join(tmpdir(), "ledger-"));
    this.ledgerFolder = join(this.root, "ledger");
    this.secretsFile = join(this.root, "secrets");
    this.markFile = join(this.root, "committed");
    const node = join(this.root, "node");
    if (copyOf !== undefined) cpSync(copyOf, this.root, { recursive: true });
    this.identity = copyOf !== undefined ? Identity.open(node) : Identity.create(node, identityOptions);
  }

  /** What would be there if the process were killed now. */
  afterKill(): Workplace {
    return new Workplace(this.root);
  }

  create(options: Partial<LedgerOptions> = {}): Ledger {
    return Ledger.create({ ...this.#options(), secrets: LedgerSecrets.create(this.secretsFile), ...options });
  }

  open(options: Partial<LedgerOptions> = {}): Ledger {
    const secrets = options.secrets ?? LedgerSecrets.open(this.secretsFile);
    return Ledger.open({ ...this.#options(), ...options, secrets });
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }

  #options(): Omit<LedgerOptions, "secrets"> {
    return {
      directory: this.ledgerFolder,
      identity: this.identity,
      committedMark: this.markFile,
      signatures: never,
    };
  }
}

/** What every ledger begins with: who its service and node are. */
export function begin(ledger: Ledger, { node, service }: Identity): void {
  commit(ledger, (tx) => {
    jsonTable(tx, "public:ccf.gov.nodes.info").set(node.id, { status: "Trusted" });
    textTable(tx, "public:ccf.gov.nodes.endorsed_certificates").set(node.id, node.certificate);
    jsonValue(tx, "public:ccf.gov.service.info").set({ status: "Opening", cert: service.certificate });
  });
}

/** Commits what `write` writes. */
export function commit(ledger: Ledger, write: (tx: Transaction) => void, claimsDigest?: Uint8Array): TxId {
  const tx = ledger.store.begin();
  write(tx);
  const id = ledger.commit(tx, claimsDigest ? { claimsDigest } : {});
  if (!id) throw new Error("Nothing was written");
  return id;
}

/** Commits a public value, and a private one if given. */
export function put(ledger: Ledger, key: string, open: string, hidden?: string): TxId {
  return commit(ledger, (tx) => {
    textTable(tx, "public:records").set(key, open);
    if (hidden !== undefined) textTable(tx, "records").set(key, hidden);
  });
}

/** The value in the state. */
export function read(ledger: Ledger, key: string, table = "public:records"): string | undefined {
  return textTable(ledger.store.begin(), table).get(key);
}
