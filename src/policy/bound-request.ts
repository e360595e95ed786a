/**
 * Bound requests: what attested code signs is one request, to one service, at one time, and is carried out once. The format
 * is in docs/bound-requests.md.
 */
import type { Request } from "@microsoft/ccf-app";
import { serviceIdentity } from "../governance/service-identity.js";
import { boundRequestIds } from "../governance/tables.js";
import { CborError, type CborKey, type CborMap, type CborValue, decodeCbor } from "../kit/cbor.js";
import { plain } from "../kit/cbor-plain.js";
import { nowInSeconds } from "../kit/clock.js";
import {
  COSE_HEADER,
  coseAlgorithmOf,
  coseAlgorithms,
  type CoseSign1,
  decodeCoseSign1,
  verifyCoseSign1,
} from "../kit/cose-sign1.js";
import { hex } from "../kit/encodings.js";
import { Refusal } from "../kit/refusal.js";

/** Seconds between the time of a request and the node's clock, either way. */
const MOST_SECONDS_APART = 300;

/** Labels of protected headers; parts of a request are named as in RFC 9421 §2.2. */
const HEADER = {
  ...COSE_HEADER,
  method: "@method",
  target: "@request-target",
  service: "service",
  attestation: "attestation",
  session: "session",
} as const;
/** All but one: either attestation or session. */
const HEADERS_OF_A_REQUEST = Object.keys(HEADER).length - 1;

/** Labels of CWT claims (RFC 8392 §4). */
const CLAIM = { issuedAt: 6, id: 7 } as const;
/** Bytes: random ids of these lengths never meet, and are no burden to remember. */
const ID_LENGTH = { least: 16, most: 64 } as const;

/** What a request presents about the code that signed it. */
export interface PresentedEvidence {
  readonly platform: string;
  /** PEM of the key that signed; the evidence binds these very characters. */
  readonly key: string;
  /** The fields of the platform's evidence, with bytes where JSON has base64. Its verifier checks them. */
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** Who signed: known by evidence, or by the session that was opened with it. */
type Signer =
  | { readonly attestation: PresentedEvidence; readonly session?: undefined }
  | { readonly session: string; readonly attestation?: undefined };

/** A request of attested code, bound to what it asks for. Its signature is verified when the key is known. */
export type BoundRequest = Signer & {
  /** Name of the COSE algorithm. */
  readonly algorithm: string;
  /** Lower-case hex. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly issuedAt: number;
  /** What other requests send as JSON; absent when there is none. */
  readonly content: Readonly<Record<string, unknown>> | undefined;
  readonly message: CoseSign1;
};

/** What a request is bound to. */
interface Purpose {
  readonly method: string;
  readonly target: string;
  /** Lower-case hex. */
  readonly service: string;
}

/** Whether a request says that it is a bound one. */
export function isBound({ headers }: Request): boolean {
  // may come with a parameter: application/cose; cose-type="cose-sign1"
  return headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase() === "application/cose";
}

/**
 * Reads a bound request, and checks everything that needs no key: that it is one, and is this request, to this service, now.
 *
 * @throws {Refusal} `InvalidBoundRequest`, `RequestTargetMismatch`, `ServiceMismatch`, `RequestExpired`
 */
export function readBoundRequest(request: Request): BoundRequest {
  const [bound, purpose] = decode(request.body.arrayBuffer());
  requireThisRequest(purpose, request);
  requireThisService(purpose);
  requireNow(bound);
  return bound;
}

/**
 * @param publicKey PEM of the key that the evidence of the request binds, or that its session is for
 * @throws {Refusal} `SignatureMismatch`
 */
export function requireBoundSignature({ message, algorithm }: BoundRequest, publicKey: string): void {
  if (verifyCoseSign1(message, publicKey)) return;
  throw new Refusal(
    "SignatureMismatch",
    `The bound request is not signed (${algorithm}) with the key that its evidence binds or its session is for.`,
  );
}

/**
 * Remembers the id, once it is known who signed: as long as the request could be accepted again.
 *
 * @throws {Refusal} `RequestReplayed`
 */
export function requireFirstUse({ id, issuedAt }: BoundRequest): void {
  if (boundRequestIds.add(id, true, issuedAt + MOST_SECONDS_APART, nowInSeconds())) return;
  throw new Refusal(
    "RequestReplayed",
    "A request with this id was carried out before. To repeat it, sign it anew, with another id.",
  );
}

function requireThisRequest(signed: Purpose, { method, url }: Request): void {
  if (signed.method === method && signed.target === url) return;
  throw new Refusal(
    "RequestTargetMismatch",
    `What was signed is another request than ${method} ${url}. Sign method, path and decoded query just like that.`,
  );
}

function requireThisService({ service }: Purpose): void {
  if (service === serviceIdentity()) return;
  throw new Refusal(
    "ServiceMismatch",
    "The request was signed for another service. Sign the SHA-256 of the public key (DER) of this service's present certificate.",
  );
}

function requireNow({ issuedAt }: BoundRequest): void {
  const now = nowInSeconds();
  if (Math.abs(now - issuedAt) <= MOST_SECONDS_APART) return;
  throw new Refusal(
    "RequestExpired",
    `The request says that it was signed at ${issuedAt}; here it is ${now} (seconds since 1970). It may be ${MOST_SECONDS_APART} seconds off: sign it anew, and check your clock.`,
  );
}

function decode(body: ArrayBuffer): [BoundRequest, Purpose] {
  try {
    const message = decodeCoseSign1(body);
    const { protectedHeaders: headers, payload } = message;
    const algorithm = coseAlgorithmOf(message);
    if (algorithm === undefined) throw new CborError(`name no algorithm (header 1) of ${coseAlgorithms}`);
    const bound = {
      ...signerIn(headers),
      ...claimsIn(mapAt(headers, HEADER.cwtClaims)),
      algorithm,
      content: contentIn(payload),
      message,
    };
    const purpose = {
      method: textAt(headers, HEADER.method),
      target: textAt(headers, HEADER.target),
      service: hex(bytesAt(headers, HEADER.service, { least: 32, most: 32 })),
    };
    if (headers.size !== HEADERS_OF_A_REQUEST)
      throw new CborError("have a protected header that is none of a bound request");
    return [bound, purpose];
  } catch (error) {
    if (!(error instanceof CborError)) throw error;
    const message = `This is no bound request (docs/bound-requests.md): its bytes ${error.message}.`;
    throw new Refusal("InvalidBoundRequest", message);
  }
}

function signerIn(headers: CborMap): Signer {
  if (headers.has(HEADER.attestation) === headers.has(HEADER.session))
    throw new CborError(`must have one of the headers "attestation" and "session"`);
  if (headers.has(HEADER.session)) return { session: textAt(headers, HEADER.session) };
  const attestation = mapAt(headers, HEADER.attestation);
  const presented = {
    platform: textAt(attestation, "platform"),
    key: textAt(attestation, "key"),
    evidence: recordOf(mapAt(attestation, "evidence"), "kept"),
  };
  if (attestation.size !== Object.keys(presented).length)
    throw new CborError(`have in "attestation" something other than platform, key and evidence`);
  return { attestation: presented };
}

function claimsIn(claims: CborMap): Pick<BoundRequest, "id" | "issuedAt"> {
  const issuedAt = claims.get(CLAIM.issuedAt);
  if (!Number.isSafeInteger(issuedAt)) throw new CborError("have no whole seconds since 1970 in 15/6");
  const id = hex(bytesAt(claims, CLAIM.id, ID_LENGTH));
  if (claims.size !== Object.keys(CLAIM).length)
    throw new CborError("have in 15 something other than 6 and 7");
  return { id, issuedAt: issuedAt as number };
}

function contentIn(payload: ArrayBuffer): BoundRequest["content"] {
  if (payload.byteLength === 0) return undefined;
  const content = decodeCbor(payload);
  if (content instanceof Map) return recordOf(content as CborMap, "refused");
  throw new CborError("have a payload that is neither empty nor a map");
}

function recordOf(map: CborMap, byteStrings: "kept" | "refused"): Readonly<Record<string, unknown>> {
  return plain(map, byteStrings) as Readonly<Record<string, unknown>>;
}

function textAt(map: CborMap, key: CborKey): string {
  const value = map.get(key);
  if (typeof value === "string") return value;
  throw new CborError(`have no text at ${JSON.stringify(key)}`);
}

function bytesAt(map: CborMap, key: CborKey, length: { least: number; most: number }): ArrayBuffer {
  const value: CborValue | undefined = map.get(key);
  if (value instanceof ArrayBuffer && value.byteLength >= length.least && value.byteLength <= length.most)
    return value;
  const { least, most } = length;
  const bytes = least === most ? String(least) : `${least} to ${most}`;
  throw new CborError(`have no byte string of ${bytes} bytes at ${JSON.stringify(key)}`);
}

function mapAt(map: CborMap, key: CborKey): CborMap {
  const value = map.get(key);
  if (value instanceof Map) return value as CborMap;
  throw new CborError(`have no map at ${JSON.stringify(key)}`);
}
