/** Requests of attested code as existing clients send them: JSON, with everything binary in base64. */
import type { Request } from "@microsoft/ccf-app";
import { usedSignatures } from "../governance/tables.js";
import { fromBase64, hex } from "../kit/encodings.js";
import { readBody } from "../kit/endpoint.js";
import { parseJson } from "../kit/json.js";
import { Refusal } from "../kit/refusal.js";
import type { RefusalCode } from "../kit/refusals.js";
import { signatureHolds } from "../kit/signatures.js";
import { attestedRequest } from "../schemas/requests.js";
import type { Of } from "../schemas/shape.js";
import type { AttestedCall } from "./attested-call.js";
import { attestedKey, type AttestedKey } from "./attested-key.js";
import { requirePlatform, verifiers } from "./platforms.js";

export type JsonRequest = Of<typeof attestedRequest>;

/** What an endpoint takes of a JSON request. */
export interface JsonTerms {
  /** The field with the key that the evidence must bind. */
  readonly key: "encrypt" | "sign" | "none";
  /** Makes the content out of the data that the request signs. Left out: nothing is signed, the request itself is the content. */
  readonly signed?: (data: unknown, request: JsonRequest) => unknown;
}

/** With which codes a JSON request is refused for its signature. */
export const signatureRefusals = [
  "SignatureMismatch",
  "RequestReplayed",
  "InvalidJson",
] as const satisfies readonly RefusalCode[];

const codes = {
  attestation: "AttestationMissing",
  encrypt: "EncryptionMissing",
  sign: "SignatureMissing",
  data: "DataMissing",
} as const;

/** RSASSA-PSS, SHA-256, MGF1-SHA-256, salt of 32 bytes. */
const REQUEST_SIGNATURE = { name: "RSA-PSS", hash: "SHA-256", saltLength: 32 } as const;
/**
 * Bytes of the shortest: by RSA-2048. By certificate CCF verifies ECDSA under that name as well, but of such a signature everybody
 * can make another one over the same, so that the request would be carried out once more.
 */
const SHORTEST_SIGNATURE = 256;

/** @throws {Refusal} `AttestationMissing`, `UnsupportedPlatform` */
export function jsonCall(request: Request, terms: JsonTerms): AttestedCall {
  const body = readBody(request, attestedRequest, codes);
  const { attestation } = body;
  if (!attestation)
    throw new Refusal("AttestationMissing", 'Send the evidence of your platform in "attestation".');
  const platform = requirePlatform(platformNamed(body));
  if (terms.key === "sign") requireSignature(body);
  const key = keyIn(terms.key === "none" ? undefined : body[terms.key]);
  return {
    platform,
    key,
    prove() {
      const { claims, reportData, signed } = verifiers[platform](attestation);
      return { claims, reportData, evidenceDigest: hex(ccf.crypto.digest("SHA-256", signed)) };
    },
    content: () => (terms.signed === undefined ? body : terms.signed(readSigned(body, key?.pem), body)),
  };
}

/** Existing clients leave it out or empty for containers. */
const platformNamed = ({ platform }: JsonRequest): string =>
  platform === undefined || platform === null || platform === "" ? "snp-caci" : platform;

function keyIn(field: { readonly publicKey?: string | null } | null | undefined): AttestedKey | undefined {
  if (!field?.publicKey) return undefined;
  // what is no base64 is a key that no evidence binds
  return attestedKey(fromBase64(field.publicKey) ?? new ArrayBuffer(0));
}

/**
 * The payload of a request that attested code has signed with the very key that its evidence binds: otherwise anybody who
 * has seen somebody's evidence could sign with a key of their own.
 *
 * @throws {Refusal} `ReportDataMismatch`, `DataMissing`, `SignatureMismatch`, `RequestReplayed`, `InvalidJson`
 */
function readSigned(request: JsonRequest, boundKey: string | undefined): unknown {
  const signer = keyIn(request.sign)?.pem;
  if (signer !== undefined && signer !== boundKey) {
    throw new Refusal(
      "ReportDataMismatch",
      "The request is signed with another key than the one its evidence binds.",
    );
  }
  return readSignedWith(boundKey ?? "", request);
}

/** A request that is signed with the key it names; who signs is established otherwise. */
export function readSelfSigned(request: Request): { readonly data: unknown; readonly body: JsonRequest } {
  const body = readBody(request, attestedRequest, codes);
  requireSignature(body);
  return { body, data: readSignedWith(keyIn(body.sign)?.pem ?? "", body) };
}

function requireSignature({ sign }: JsonRequest): void {
  if (sign?.signature && sign.publicKey) return;
  throw new Refusal("SignatureMissing", 'Send base64 of a signature and of the PEM of its key in "sign".');
}

function readSignedWith(publicKey: string, { data, sign }: JsonRequest): unknown {
  if (!data) throw new Refusal("DataMissing", 'Send base64 of the JSON payload in "data".');
  const payload = fromBase64(data);
  const signature = sign?.signature ? fromBase64(sign.signature) : undefined;
  if (
    payload === undefined ||
    signature === undefined ||
    signature.byteLength < SHORTEST_SIGNATURE ||
    !signatureHolds(REQUEST_SIGNATURE, publicKey, signature, payload)
  ) {
    throw new Refusal(
      "SignatureMismatch",
      '"sign.signature" is not the RSA-PSS signature (RSA-2048 or longer, SHA-256, salt of 32 bytes) of the decoded "data" by "sign.publicKey".',
    );
  }
  requireFirstUse(signature);
  try {
    return parseJson(ccf.bufToStr(payload));
  } catch {
    throw new Refusal("InvalidJson", 'The decoded "data" is not JSON, or is nested too deeply.');
  }
}

/**
 * What is signed says neither when nor for which contract, id or scope, so whoever has seen a request could send it again
 * anywhere. Signatures are randomised: a client that says the same thing twice signs it twice.
 */
function requireFirstUse(signature: ArrayBuffer): void {
  const used = usedSignatures();
  const digest = hex(ccf.crypto.digest("SHA-256", signature));
  if (used.has(digest)) {
    throw new Refusal(
      "RequestReplayed",
      "This very request was carried out before. To repeat it, sign it anew.",
    );
  }
  used.set(digest, "");
}
