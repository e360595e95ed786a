import { RpcError } from "../errors.js";
import { isObject, parseJson } from "../gov/json-text.js";
import { sortedJson } from "../sorted-json.js";

/** A token as its bearer sent it; nothing in it is verified. */
export interface BearerToken {
  readonly header: Record<string, unknown>;
  readonly payload: Record<string, unknown>;
  readonly kid: string;
  readonly issuer: string;
  /** of an organisation, at the Microsoft identity platform */
  readonly tenant: string | undefined;
  /** seconds since 1970 */
  readonly expires: bigint;
  /** seconds since 1970 */
  readonly notBefore: bigint | undefined;
  readonly signedContent: string;
  readonly signature: Uint8Array;
}

/** Credentials that are no token. */
export class TokenError extends Error {
  override readonly name = "TokenError";
}

/**
 * Reads the header `authorization`. The messages are CCF's.
 *
 * @throws {TokenError} if there is no token in it
 * @throws {Error} if it is broken in a way that is a failure to CCF: not in base64, or fields of wrong types
 */
export function readBearerToken(authorization: string | undefined): BearerToken {
  if (authorization === undefined) throw new TokenError("Missing authorization header");
  const space = authorization.indexOf(" ");
  if (space < 0) throw new TokenError("Authorization header only contains one field");
  if (authorization.slice(0, space) !== "Bearer")
    throw new TokenError("Authorization header does not have Bearer scheme");
  const token = authorization.slice(space + 1);
  const parts = token.split(".");
  const [headerText, payloadText, signatureText] = parts;
  if (
    parts.length !== 3 ||
    headerText === undefined ||
    payloadText === undefined ||
    signatureText === undefined
  )
    throw new TokenError("Malformed JWT: must contain exactly 3 parts");
  const [headerBytes, payloadBytes, signature] = [headerText, payloadText, signatureText].map(decode);
  const header = parse(headerBytes);
  const payload = parse(payloadBytes);
  if (!isObject(header) || !isObject(payload)) throw new TokenError("JWT header or payload is not an object");
  return {
    header,
    payload,
    ...headerFields(header),
    ...payloadFields(payload),
    signedContent: token.slice(0, token.lastIndexOf(".")),
    signature: signature ?? new Uint8Array(),
  };
}

function headerFields(header: Record<string, unknown>) {
  const wrong = (what: string) => new TokenError(`JWT header does not follow schema: At #/${what}`);
  const alg = required(header, "alg", wrong);
  if (alg !== "RS256" && alg !== "ES256")
    throw wrong(`alg: ${sortedJson(alg)} is not convertible to JwtCryptoAlgorithm`);
  return { kid: text(required(header, "kid", wrong)) };
}

function payloadFields(payload: Record<string, unknown>) {
  const wrong = (what: string) => new TokenError(`JWT payload is missing required field: At #/${what}`);
  const { nbf, tid } = payload;
  return {
    expires: seconds(required(payload, "exp", wrong)),
    issuer: text(required(payload, "iss", wrong)),
    notBefore: nbf === undefined || nbf === null ? undefined : seconds(nbf),
    tenant: tid === undefined || tid === null ? undefined : text(tid),
  };
}

function required(fields: Record<string, unknown>, name: string, wrong: (what: string) => Error): unknown {
  if (!Object.hasOwn(fields, name))
    throw wrong(`: Missing required field '${name}' in object: ${sortedJson(fields)}`);
  return fields[name];
}

function text(value: unknown): string {
  if (typeof value !== "string") throw wrongType("string", value);
  return value;
}

/** CCF reads times as unsigned 64-bit numbers, so that a negative one is far in the future. */
function seconds(value: unknown): bigint {
  if (typeof value !== "number") throw wrongType("number", value);
  return BigInt.asUintN(64, BigInt(Math.trunc(value)));
}

function wrongType(wanted: string, value: unknown): RpcError {
  const found = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return new RpcError(
    400,
    "InvalidInput",
    `[json.exception.type_error.302] type must be ${wanted}, but is ${found}`,
  );
}

function parse(bytes: Uint8Array | undefined): unknown {
  try {
    return parseJson(bytes ?? new Uint8Array());
  } catch (error) {
    if (error instanceof RpcError)
      throw new TokenError(`JWT header or payload is not valid JSON: ${error.message}`);
    throw error;
  }
}

/** Base64url, as OpenSSL decodes it for CCF: spaces are skipped, and padding is added to what has 2 or 3 characters left. */
function decode(part: string): Uint8Array {
  const base64 = part.replaceAll("-", "+").replaceAll("_", "/");
  const padding = ["", "", "==", "="][base64.length % 4] ?? "";
  const padded = base64 + padding;
  const characters = padded.replace(/[ \t\r\n]/g, "");
  const fault = !/^[A-Za-z0-9+/]*={0,2}$/.test(characters)
    ? "update"
    : characters.length % 4 > 0
      ? "final"
      : undefined;
  if (fault !== undefined) {
    const room = Math.floor((padded.length + 3) / 4) * 3 + 80;
    throw new Error(
      `OSSL: Could not decode ${fault} from base64 string: unknown error [${padded.length} bytes out of ${room}, chunk_len = 0]`,
    );
  }
  return Buffer.from(characters, "base64");
}
