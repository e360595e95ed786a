import { usedSignatures } from "../governance/tables.js";
import { fromBase64, hex } from "../kit/encodings.js";
import { parseJson } from "../kit/json.js";
import { Refusal } from "../kit/refusal.js";
import type { RefusalCode } from "../kit/refusals.js";
import { signatureHolds } from "../kit/signatures.js";
import type { AttestedRequest, CleanRoom } from "./attested.js";

/** RSASSA-PSS, SHA-256, MGF1-SHA-256, salt of 32 bytes. */
const REQUEST_SIGNATURE = { name: "RSA-PSS", hash: "SHA-256", saltLength: 32 } as const;

/** With which codes a request is refused for its signature. */
export const signatureRefusals = [
  "DataMissing",
  "SignatureMismatch",
  "RequestReplayed",
  "InvalidJson",
] as const satisfies readonly RefusalCode[];

/**
 * The payload of a request that attested code has signed with the very key that its evidence binds: otherwise anybody who
 * has seen somebody's evidence could sign with a key of their own.
 *
 * @throws {Refusal} `ReportDataMismatch`, `DataMissing`, `SignatureMismatch`, `RequestReplayed`, `InvalidJson`
 */
export function readSigned(request: AttestedRequest, { publicKey }: CleanRoom): unknown {
  const key = signingKeyOf(request);
  if (key !== undefined && key !== publicKey) {
    throw new Refusal(
      "ReportDataMismatch",
      "The request is signed with another key than the one its evidence binds.",
    );
  }
  return readSignedWith(publicKey, request);
}

/** The payload of a request that is signed with the key it names; who signs is established otherwise. */
export function readSelfSigned(request: AttestedRequest): unknown {
  return readSignedWith(signingKeyOf(request) ?? "", request);
}

/** PEM. */
function signingKeyOf({ sign }: AttestedRequest): string | undefined {
  const pem = sign?.publicKey ? fromBase64(sign.publicKey) : undefined;
  return pem && ccf.bufToStr(pem);
}

function readSignedWith(publicKey: string, { data, sign }: AttestedRequest): unknown {
  if (!data) throw new Refusal("DataMissing", 'Send base64 of the JSON payload in "data".');
  const payload = fromBase64(data);
  const signature = sign?.signature ? fromBase64(sign.signature) : undefined;
  if (
    payload === undefined ||
    signature === undefined ||
    !signatureHolds(REQUEST_SIGNATURE, publicKey, signature, payload)
  ) {
    throw new Refusal(
      "SignatureMismatch",
      '"sign.signature" is not the RSA-PSS signature (SHA-256, salt of 32 bytes) of the decoded "data" by "sign.publicKey".',
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
