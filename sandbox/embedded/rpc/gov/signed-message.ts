import {
  CoseError,
  COSE_HEADER,
  decodeCoseSign1,
  type CoseHeaders,
  type CoseSign1,
} from "../../../../sdk/cose.js";

/** What the protected header of a member's signed message says. */
export interface GovernanceHeader {
  /** number in the IANA registry "COSE Algorithms" */
  algorithm: number;
  /** the signer's identifier, as text */
  kid: string;
  type?: string;
  proposalId?: string;
  /** seconds since 1970 */
  createdAt: number;
}

/** A signed message that cannot be read. The texts are CCF's; the numbers in some are its CBOR decoder's. */
export class SignedMessageError extends Error {
  override readonly name = "SignedMessageError";
}

/** The numbers by which CCF's CBOR decoder tells what is wrong with a protected header. */
const HEADER_FAULT = { wrongType: 61, duplicateLabel: 62, empty: 67 } as const;

/**
 * Reads a member's signed message. Nothing in it is verified yet.
 *
 * @throws {SignedMessageError}
 */
export function readGovernanceMessage(body: Uint8Array): { message: CoseSign1; header: GovernanceHeader } {
  const message = readMessage(body);
  return { message, header: governanceHeader(message.protectedHeaders) };
}

/**
 * Reads a message that anybody signed, of whose header only algorithm and signer are known. Nothing in it is verified yet.
 *
 * @throws {SignedMessageError}
 */
export function readSignedMessage(
  body: Uint8Array,
): Pick<GovernanceHeader, "algorithm" | "kid"> & { message: CoseSign1 } {
  const message = readMessage(body);
  return { message, ...signerHeader(message.protectedHeaders) };
}

function readMessage(body: Uint8Array): CoseSign1 {
  const tag = innermostTagOfArray(body);
  if (tag === undefined) throw new SignedMessageError("Failed to parse COSE_Sign1 outer array");
  if (tag !== COSE_SIGN1_TAG) throw new SignedMessageError("COSE_Sign1 is not tagged");
  const message = decode(body);
  if (message.protectedBytes.length === 0) throw headerFault(HEADER_FAULT.empty);
  return message;
}

function signerHeader(headers: CoseHeaders): Pick<GovernanceHeader, "algorithm" | "kid"> {
  const algorithm = integer(headers.get(COSE_HEADER.alg));
  const kid = bytes(headers.get(COSE_HEADER.kid));
  if (algorithm === undefined) throw new SignedMessageError("Missing algorithm in protected header");
  if (kid === undefined) throw new SignedMessageError("Missing kid in protected header");
  return { algorithm, kid };
}

function governanceHeader(headers: CoseHeaders): GovernanceHeader {
  const type = text(headers.get("ccf.gov.msg.type"));
  const proposalId = text(headers.get("ccf.gov.msg.proposal_id"));
  const createdAt = integer(headers.get("ccf.gov.msg.created_at"));
  const { algorithm, kid } = signerHeader(headers);
  if (createdAt === undefined) throw new SignedMessageError("Missing created_at in protected header");
  if (createdAt < 0) throw new SignedMessageError("Header parameter created_at must be positive");
  return {
    algorithm,
    kid,
    ...(type === undefined ? {} : { type }),
    ...(proposalId === undefined ? {} : { proposalId }),
    createdAt,
  };
}

function decode(body: Uint8Array): CoseSign1 {
  try {
    return decodeCoseSign1(body);
  } catch (error) {
    if (!(error instanceof CoseError)) throw error;
    if (error.code === "CoseDuplicateHeader") throw headerFault(HEADER_FAULT.duplicateLabel);
    if (error.code === "CoseProtectedHeader") throw headerFault(HEADER_FAULT.wrongType);
    throw new SignedMessageError("Failed to decode COSE_Sign1");
  }
}

/** 64 bits, signed; beyond what a number holds exactly, close is good enough for a time. */
function integer(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "bigint" && value === BigInt.asIntN(64, value)) return Number(value);
  if (typeof value === "number" && Number.isInteger(value)) return value;
  throw headerFault(HEADER_FAULT.wrongType);
}

function bytes(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("utf8");
  throw headerFault(HEADER_FAULT.wrongType);
}

function text(value: unknown): string | undefined {
  if (value === undefined || typeof value === "string") return value;
  throw headerFault(HEADER_FAULT.wrongType);
}

function headerFault(number: number): SignedMessageError {
  return new SignedMessageError(`Failed to decode protected header: ${number}`);
}

const COSE_SIGN1_TAG = 18;
/** Major types of CBOR (RFC 8949 §3.1). */
const MAJOR = { array: 4, tag: 6 } as const;

/**
 * The tag right before the array that a message begins with: 0 if there is none, `undefined` if it begins with no array.
 * Looked at before anything is decoded, since CCF tells these faults from all others.
 */
function innermostTagOfArray(body: Uint8Array): number | undefined {
  let tag = 0;
  for (let at = 0; at < body.length;) {
    const head = body[at] ?? 0;
    const argument = head & 0x1f;
    if (head >> 5 === MAJOR.array) return tag;
    if (head >> 5 !== MAJOR.tag || argument > 27) return undefined;
    const more = argument < 24 ? 0 : 2 ** (argument - 24);
    tag =
      argument < 24
        ? argument
        : body.subarray(at + 1, at + 1 + more).reduce((sum, byte) => sum * 256 + byte, 0);
    at += 1 + more;
  }
  return undefined;
}
