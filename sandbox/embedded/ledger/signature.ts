import type { KeyObject } from "node:crypto";
import { CoseError, decodeCoseSign1, signCose, verifyCoseSign1 } from "../../../sdk/cose.js";
import { signDigest, verifyDigest } from "../../../sdk/ecdsa.js";
import { singletonKey } from "../kv/store.js";
import type { WriteSet } from "../kv/writeset.js";
import { keyId } from "../tls/certificates.js";
import { LedgerError } from "./errors.js";
import { formatTxId, type TxId } from "./txid.js";

/*
 * A signature transaction: the node signs the root over all transactions before it, once as CCF always did (JSON) and
 * once as a COSE_Sign1 with the service's key.
 */
const tables = {
  cose: "public:ccf.internal.cose_signatures",
  node: "public:ccf.internal.signatures",
  tree: "public:ccf.internal.tree",
} as const;

/** The table that every signature transaction begins with. */
export const firstSignatureTable = tables.cose;

/** COSE header parameters: CWT claims (RFC 9597) and the kind of the verifiable data structure. */
const header = { kid: 4, cwtClaims: 15, verifiableDataStructure: 395 } as const;
const cwtClaim = { issuer: 1, subject: 2, issuedAt: 6 } as const;
/** CCF's ledger with SHA-256, in the registry of verifiable data structures */
const ccfLedger = 2;

/** Whose keys sign the ledger. */
export interface LedgerIdentity {
  readonly service: { readonly privateKey: KeyObject };
  /** `certificate` is the one endorsed by the service, PEM; it may be renewed while the ledger is open. */
  readonly node: { readonly id: string; readonly privateKey: KeyObject; readonly certificate: string };
}

/** Who signs about what, in the words of the CWT claims of COSE signatures. */
export interface SignatureClaims {
  readonly issuer: string;
  readonly subject: string;
}

/** The JSON of `public:ccf.internal.signatures`. */
export interface NodeSignature {
  /** PEM */
  readonly cert: string;
  readonly node: string;
  /** hexadecimal */
  readonly root: string;
  readonly seqno: number;
  readonly view: number;
  /** ECDSA with the root as the digest, DER in base64 */
  readonly sig: string;
}

/** What a signature transaction says. */
export interface SignatureContents {
  readonly node: NodeSignature;
  /** COSE_Sign1 with the root as detached payload */
  readonly cose: Uint8Array;
}

/** Makes the write set of the signature transaction `id` over `root`; `tree` is the serialized tree. */
export function signatureWriteSet(
  id: TxId,
  {
    root,
    tree,
    identity,
    claims,
    issuedAt,
  }: {
    root: Uint8Array;
    tree: Uint8Array;
    identity: LedgerIdentity;
    claims: SignatureClaims;
    /** seconds since 1970 */
    issuedAt: number;
  },
): WriteSet {
  const { service, node } = identity;
  const nodeSignature = {
    cert: node.certificate,
    commit_seqno: 0,
    commit_view: 0,
    hashed_nonce: "0".repeat(64),
    node: node.id,
    root: Buffer.from(root).toString("hex"),
    seqno: id.seqno,
    sig: Buffer.from(signDigest(root, node.privateKey)).toString("base64"),
    view: id.view,
  };
  const cwtClaims = new Map<number, unknown>([
    [cwtClaim.issuedAt, issuedAt],
    [cwtClaim.issuer, claims.issuer],
    [cwtClaim.subject, claims.subject],
  ]);
  const cose = signCose({
    privateKeyPem: service.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    protectedHeaders: new Map<number | string, unknown>([
      [header.kid, new Uint8Array(Buffer.from(keyId(service.privateKey)))],
      [header.verifiableDataStructure, ccfLedger],
      [header.cwtClaims, cwtClaims],
      ["ccf.v1", new Map([["txid", formatTxId(id)]])],
    ]),
    payload: root,
    detached: true,
  });
  return [
    singleValue(tables.cose, JSON.stringify(Buffer.from(cose).toString("base64"))),
    singleValue(tables.node, JSON.stringify(nodeSignature)),
    singleValue(tables.tree, tree),
  ];
}

/** Whether these tables are those of a signature transaction. */
export function isSignature(writeSet: WriteSet): boolean {
  return writeSet.some(({ table }) => table === tables.node);
}

/** @throws {LedgerError} if it is no well-formed signature transaction */
export function readSignature(writeSet: WriteSet): SignatureContents {
  const cose = jsonIn(writeSet, tables.cose);
  const node = jsonIn(writeSet, tables.node);
  if (typeof cose !== "string" || !isNodeSignature(node)) throw new LedgerError("its signature is malformed");
  return { node, cose: Buffer.from(cose, "base64") };
}

/** @throws {LedgerError} if `root` is not signed with the keys (public ones) of the service and of its node */
export function verifySignature(
  { node, cose }: SignatureContents,
  root: Uint8Array,
  keys: { readonly service: KeyObject; readonly node: KeyObject },
): void {
  if (node.node !== keyId(keys.node) || !verifyDigest(root, Buffer.from(node.sig, "base64"), keys.node)) {
    throw new LedgerError("its signature is not by this node");
  }
  if (!isCoseSignature(cose, keys.service, root)) {
    throw new LedgerError("its COSE signature is not by this service");
  }
}

/** When a signature was made, seconds since 1970; 0 if it does not say. */
export function issuedAt({ cose }: SignatureContents): number {
  const claims = decodeCoseSign1(cose).protectedHeaders.get(header.cwtClaims);
  const time: unknown = claims instanceof Map ? claims.get(cwtClaim.issuedAt) : undefined;
  return typeof time === "number" ? time : 0;
}

function isCoseSignature(cose: Uint8Array, key: KeyObject, root: Uint8Array): boolean {
  try {
    return verifyCoseSign1(decodeCoseSign1(cose), key, root);
  } catch (error) {
    if (error instanceof CoseError) return false;
    throw error;
  }
}

function singleValue(table: string, value: Uint8Array | string) {
  return { table, changes: [{ key: singletonKey, value: Buffer.from(value) }] };
}

function jsonIn(writeSet: WriteSet, table: string): unknown {
  const value = writeSet.find((changed) => changed.table === table)?.changes[0]?.value;
  try {
    return JSON.parse(Buffer.from(value ?? "").toString("utf8"));
  } catch (cause) {
    throw new LedgerError(`its signature lacks ${table}`, { cause });
  }
}

function isNodeSignature(value: unknown): value is NodeSignature {
  if (typeof value !== "object" || value === null) return false;
  const { cert, node, root, seqno, view, sig } = value as Record<string, unknown>;
  return (
    [cert, node, root, sig].every((text) => typeof text === "string") &&
    [seqno, view].every((number) => Number.isSafeInteger(number))
  );
}
