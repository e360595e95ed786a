import "@microsoft/ccf-app/polyfill.js";
import { X509Certificate, createHash } from "node:crypto";

/** What code may touch: the four contexts in which a CCF node runs JavaScript. */
export type Access = "application" | "read-only application" | "governance" | "read-only governance";

/** A call of one of the functions by which governance has an effect outside of the tables. */
export type Effect = readonly [name: string, ...args: readonly unknown[]];

type Permission = "read and write" | "read" | "write" | "none";

/** CCF's rules of who may touch which table (documented as "read/write restrictions"). */
function permission(access: Access, table: string): Permission {
  const governance = access.endsWith("governance");
  const writes = !access.startsWith("read-only");
  if (!table.startsWith("public:")) return governance ? "none" : writes ? "read and write" : "read";
  if (table.startsWith("public:ccf.internal.")) return "read";
  if (table.startsWith("public:ccf.gov.")) return access === "governance" ? "read and write" : "read";
  return governance ? (writes ? "write" : "none") : writes ? "read and write" : "read";
}

interface Row {
  readonly key: ArrayBuffer;
  readonly value: ArrayBuffer;
  readonly version: number;
}

/**
 * The `ccf` object of a node, in memory and for unit tests: tables with CCF's permissions, converters and cryptography
 * are real, effects on the node are recorded.
 */
export class TestCcf {
  access: Access = "application";
  readonly effects: Effect[] = [];
  /** What the application stated as its transaction's claims digest. */
  claimsDigest: ArrayBuffer | undefined;
  /** The sequence number that the writes of the current call get. */
  version = 1;
  /** What the node's clock shows, in milliseconds since 1970; the real time if it is not set. */
  clock: number | undefined;
  /** How often anything was done to a table. */
  operations = 0;
  readonly #tables = new Map<string, Map<string, Row>>();

  /** Makes this the global `ccf`. */
  install(): this {
    const record =
      (name: string) =>
      (...args: readonly unknown[]): void => {
        this.effects.push([name, ...args]);
      };
    // Everything that is not defined here is CCF's own polyfill.
    Object.assign(ccf, {
      kv: new Proxy({}, { get: (_, name) => (typeof name === "string" ? this.#map(name) : undefined) }),
      rpc: {
        setApplyWrites: record("setApplyWrites"),
        setClaimsDigest: (digest: ArrayBuffer) => (this.claimsDigest = digest),
      },
      consensus: {
        getLastCommittedTxId: () => ({ view: 2, seqno: this.version }),
        getStatusForTxId: () => "Committed",
        getViewForSeqno: (seqno: number) => (seqno <= this.version ? 2 : null),
      },
      gov: { validateConstitution },
      node: {
        triggerLedgerRekey: record("triggerLedgerRekey"),
        triggerRecoverySharesRefresh: record("triggerRecoverySharesRefresh"),
        triggerLedgerChunk: record("triggerLedgerChunk"),
        triggerSnapshot: record("triggerSnapshot"),
        transitionServiceToOpen: record("transitionServiceToOpen"),
      },
      network: {
        getLatestLedgerSecretSeqno: () => 7,
        generateEndorsedCertificate: (csr: string, from: string, days: number) =>
          `endorsed ${csr} ${from} ${days}`,
        generateNetworkCertificate: (from: string, days: number) => `network ${from} ${days}`,
      },
      setJwtPublicSigningKeys: record("setJwtPublicSigningKeys"),
      removeJwtPublicSigningKeys: record("removeJwtPublicSigningKeys"),
      refreshAppBytecodeCache: record("refreshAppBytecodeCache"),
      pemToId: (pem: string) => createHash("sha256").update(new X509Certificate(pem).raw).digest("hex"),
      tcbHexToPolicy: (cpuid: string, hexstring: string) => {
        if (!cpuid.startsWith("00a")) throw new Error(`unknown processor ${cpuid}`);
        const byte = (at: number): number => parseInt(hexstring.slice(2 * at, 2 * at + 2), 16);
        return { hexstring, microcode: byte(0), snp: byte(1), tee: byte(6), boot_loader: byte(7) };
      },
    });
    ccf.enableUntrustedDateTime = (enable) => {
      const { clock } = this;
      Date.now = enable && clock !== undefined ? () => clock : realNow;
      return false;
    };
    // what is no UTF-8 is replaced, where the polyfill fails; a byte order mark stays
    ccf.bufToStr = (bytes) => Buffer.from(bytes).toString("utf8");
    // a text ends at its first NUL, at which CCF's conversion stops
    ccf.strToBuf = (text) => new TextEncoder().encode(text.split("\0", 1)[0]).buffer;
    // the polyfill's own prints every certificate that is none
    ccf.crypto.isValidX509CertBundle = (pem) => certificatesOf(pem).length > 0;
    return this;
  }

  /** Runs code as one transaction in one of a node's contexts. What a failing one wrote is dropped, as a node does. */
  run<T>(access: Access, code: () => T): T {
    const before = [...this.#tables].map(([name, rows]) => [name, new Map(rows)] as const);
    const previous = this.access;
    this.access = access;
    this.version++;
    try {
      return code();
    } catch (error) {
      this.#tables.clear();
      for (const [name, rows] of before) this.#tables.set(name, rows);
      throw error;
    } finally {
      this.access = previous;
    }
  }

  /** Puts a JSON value where a test needs it, whoever may write there. */
  put(table: string, key: string | ArrayBuffer, value: unknown): void {
    this.putText(table, key, JSON.stringify(value));
  }

  putText(table: string, key: string | ArrayBuffer, value: string): void {
    const bytes = typeof key === "string" ? ccf.strToBuf(key) : key;
    this.#rows(table).set(id(bytes), { key: bytes, value: ccf.strToBuf(value), version: this.version });
  }

  /** The JSON value under a key, whoever may read it; undefined when there is none. */
  get(table: string, key: string | ArrayBuffer): unknown {
    const text = this.getText(table, key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  getText(table: string, key: string | ArrayBuffer): string | undefined {
    const row = this.#rows(table).get(id(typeof key === "string" ? ccf.strToBuf(key) : key));
    return row && ccf.bufToStr(row.value);
  }

  /** The keys of a table, as text. */
  keys(table: string): string[] {
    return [...this.#rows(table).values()].map(({ key }) => ccf.bufToStr(key));
  }

  #rows(table: string): Map<string, Row> {
    let rows = this.#tables.get(table);
    if (rows === undefined) this.#tables.set(table, (rows = new Map<string, Row>()));
    return rows;
  }

  #map(table: string): object {
    const rows = this.#rows(table);
    const allowed = permission(this.access, table);
    const need = (kind: "read" | "write"): void => {
      this.operations++;
      if (!allowed.includes(kind)) throw new TypeError(`${this.access} code may not ${kind} ${table}`);
    };
    const map = {
      has: (key: ArrayBuffer) => (need("read"), rows.has(id(key))),
      get: (key: ArrayBuffer) => (need("read"), rows.get(id(key))?.value),
      getVersionOfPreviousWrite: (key: ArrayBuffer) => (need("read"), rows.get(id(key))?.version),
      set: (key: ArrayBuffer, value: ArrayBuffer) => {
        need("write");
        if (!(value instanceof ArrayBuffer)) throw new TypeError("Argument must be an ArrayBuffer");
        rows.set(id(key), { key, value, version: this.version });
        return map;
      },
      delete: (key: ArrayBuffer) => {
        need("write");
        rows.delete(id(key));
      },
      clear: () => {
        need("write");
        rows.clear();
      },
      forEach: (visit: (value: ArrayBuffer, key: ArrayBuffer, map: object) => void) => {
        need("read");
        for (const { key, value } of [...rows.values()]) visit(value, key, map);
      },
      get size() {
        need("read");
        return rows.size;
      },
    };
    return map;
  }
}

const realNow = Date.now;

/** Eight zero bytes: the key of single-value tables. */
export const singleKey = new ArrayBuffer(8);

const id = (key: ArrayBuffer): string => Buffer.from(key).toString("hex");

function certificatesOf(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    return [];
  }
}

function validateConstitution(text: string): boolean {
  for (const name of ["validate", "resolve", "apply"]) {
    if (!new RegExp(`export function ${name}\\(`).test(text)) {
      throw new TypeError(`proposed constitution does not export a function named ${name}`);
    }
  }
  return true;
}
