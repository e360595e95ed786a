import { createCipheriv, createDecipheriv } from "node:crypto";
import type { WriteSet } from "../kv/writeset.js";
import { ByteReader, ByteWriter } from "./bytes.js";
import { readTables, writeTables } from "./domain.js";
import { LedgerError } from "./errors.js";
import type { LedgerSecret } from "./secrets.js";
import { formatTxId, type TxId } from "./txid.js";

/*
 * A ledger entry, as CCF lays it out:
 *
 *   8 bytes   header: format version, flags, size of the rest in 6 bytes
 *   16 + 12   AES-256-GCM tag and nonce
 *   8         size of the public domain
 *   ...       public domain: type, sequence number, claims digest, commit evidence digest, 8 zero bytes, tables
 *   ...       private domain: tables, encrypted, with the public domain as additional data
 */
export const formatVersion = 1;
/** a write set with claims and commit evidence, the only type in use */
const writeSetType = 4;
export const headerBytes = 8;
const tagBytes = 16;
const nonceBytes = 12;
const digestBytes = 32;

/** Where the name of an entry's first public table stands. */
export const firstTableOffset = headerBytes + tagBytes + nonceBytes + 8 + (1 + 8 + 2 * digestBytes + 8) + 8;

/** Flags of an entry's header. */
export const entryFlags = { endsChunk: 1, beginsChunk: 2 } as const;

export interface EntryContents {
  readonly id: TxId;
  readonly flags: number;
  /** 32 bytes; zeros for "no claims" */
  readonly claimsDigest: Uint8Array;
  /** SHA-256 of the commit evidence */
  readonly commitEvidenceDigest: Uint8Array;
  readonly writeSet: WriteSet;
}

/** An entry read from the ledger, its private domain not decrypted yet. */
export interface Entry extends Omit<EntryContents, "writeSet"> {
  readonly publicTables: WriteSet;
  readonly nonce: Uint8Array;
  readonly tag: Uint8Array;
  /** the encoded public domain */
  readonly publicDomain: Uint8Array;
  readonly encryptedDomain: Uint8Array;
}

/** Encodes and encrypts an entry. */
export function encodeEntry(contents: EntryContents, secret: LedgerSecret): Buffer {
  const publicDomain = encodePublicDomain(contents);
  const privateTables = new ByteWriter();
  writeTables(privateTables, contents.writeSet, "private");

  const nonce = nonceOf(contents.id);
  const cipher = createCipheriv("aes-256-gcm", secret.key, nonce);
  cipher.setAAD(publicDomain);
  const encryptedDomain = cipher.update(privateTables.finish());
  cipher.final();
  return assembleEntry({
    flags: contents.flags,
    nonce,
    tag: cipher.getAuthTag(),
    publicDomain,
    encryptedDomain,
  });
}

/** Puts the parts of an entry together. */
export function assembleEntry(
  parts: Pick<Entry, "flags" | "nonce" | "tag" | "publicDomain" | "encryptedDomain">,
): Buffer {
  const { publicDomain, encryptedDomain } = parts;
  const size = tagBytes + nonceBytes + 8 + publicDomain.length + encryptedDomain.length;
  const header = Buffer.alloc(headerBytes);
  header.writeUInt8(formatVersion, 0);
  header.writeUInt8(parts.flags, 1);
  header.writeUIntLE(size, 2, 6);
  const publicSize = Buffer.alloc(8);
  publicSize.writeBigUInt64LE(BigInt(publicDomain.length));
  return Buffer.concat([header, parts.tag, parts.nonce, publicSize, publicDomain, encryptedDomain]);
}

/** Encodes the part of an entry that everyone can read. */
export function encodePublicDomain(contents: EntryContents): Buffer {
  const writer = new ByteWriter();
  writer.byte(writeSetType);
  writer.integer(contents.id.seqno);
  writer.bytes(contents.claimsDigest);
  writer.bytes(contents.commitEvidenceDigest);
  writer.integer(0);
  writeTables(writer, contents.writeSet, "public");
  return writer.finish();
}

/** The size of an entry including its header, which starts at `at`; `undefined` if `bytes` ends before the header does. */
export function entrySize(bytes: Uint8Array, at = 0): number | undefined {
  if (bytes.length - at < headerBytes) return undefined;
  const header = Buffer.from(bytes.buffer, bytes.byteOffset + at, headerBytes);
  if (header.readUInt8(0) !== formatVersion) {
    throw new LedgerError(`expected an entry of format ${formatVersion}, found ${header.readUInt8(0)}`);
  }
  return headerBytes + header.readUIntLE(2, 6);
}

/** Reads an entry with its header. @throws {LedgerError} if it is damaged */
export function decodeEntry(bytes: Uint8Array): Entry {
  const size = entrySize(bytes);
  if (size !== bytes.length)
    throw new LedgerError(`expected an entry of ${size ?? "?"} bytes, found ${bytes.length}`);
  const reader = new ByteReader(bytes);
  const flags = reader.take(headerBytes).readUInt8(1);
  const tag = reader.take(tagBytes);
  const nonce = reader.take(nonceBytes);
  const publicDomain = reader.sized();
  const encryptedDomain = reader.rest();

  const domain = new ByteReader(publicDomain);
  const type = domain.byte();
  if (type !== writeSetType)
    throw new LedgerError(`expected an entry of type ${writeSetType}, found ${type}`);
  const seqno = domain.integer();
  const claimsDigest = domain.take(digestBytes);
  const commitEvidenceDigest = domain.take(digestBytes);
  domain.integer();
  const publicTables = readTables(domain);
  // The top bit of the view marks snapshots.
  const id = { view: nonce.readUInt32LE(8) & 0x7fffffff, seqno };
  return {
    id,
    flags,
    tag,
    nonce,
    publicDomain,
    encryptedDomain,
    claimsDigest,
    commitEvidenceDigest,
    publicTables,
  };
}

/** Everything an entry wrote. @throws {LedgerError} if the entry was changed, or is not encrypted with `secret` */
export function decryptEntry(entry: Entry, secret: LedgerSecret): WriteSet {
  const decipher = createDecipheriv("aes-256-gcm", secret.key, entry.nonce, { authTagLength: tagBytes });
  decipher.setAAD(entry.publicDomain);
  decipher.setAuthTag(entry.tag);
  let privateDomain: Buffer;
  try {
    privateDomain = Buffer.concat([decipher.update(entry.encryptedDomain), decipher.final()]);
  } catch (cause) {
    throw new LedgerError(`transaction ${formatTxId(entry.id)} does not decrypt with its ledger secret`, {
      cause,
    });
  }
  return [...entry.publicTables, ...readTables(new ByteReader(privateDomain))];
}

/** The sequence number in 8 bytes and the view in 4: never the same twice under one secret. */
function nonceOf({ view, seqno }: TxId): Buffer {
  const nonce = Buffer.alloc(nonceBytes);
  nonce.writeBigUInt64LE(BigInt(seqno));
  nonce.writeUInt32LE(view, 8);
  return nonce;
}
