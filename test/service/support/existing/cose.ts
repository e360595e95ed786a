import { createHash, sign, X509Certificate } from "node:crypto";
import { encode, Tag } from "cbor2";

/** What a signed governance request is about, as CCF names it. */
export type MessageType = "proposal" | "ballot" | "withdrawal" | "ack" | "state_digest";

/** SHA-256 of the DER certificate, lower-case hex. */
export const idOf = (certificatePem: string): string =>
  createHash("sha256").update(new X509Certificate(certificatePem).raw).digest("hex");

/** Tag and algorithm of RFC 9052 and 9053. */
const COSE_SIGN1 = 18;
const ES384 = -35;
const [ALG, KID] = [1, 4];

/**
 * A governance request as existing clients sign it: COSE_Sign1, tagged, with these protected headers and no others, in this
 * order, and no unprotected ones.
 *
 * @param payload JSON text, or nothing
 * @param signer a key on P-384
 */
export function signedMessage(
  { certificatePem, privateKeyPem }: { readonly certificatePem: string; readonly privateKeyPem: string },
  type: MessageType,
  payload: string,
  proposalId?: string,
): Uint8Array {
  const headers = new Map<number | string, unknown>([
    [ALG, ES384],
    [KID, ascii(idOf(certificatePem))],
    ["ccf.gov.msg.type", type],
    ["ccf.gov.msg.created_at", Math.floor(Date.now() / 1000)],
  ]);
  if (proposalId !== undefined) headers.set("ccf.gov.msg.proposal_id", proposalId);
  const protectedHeader = encode(headers);
  const content = new TextEncoder().encode(payload);
  const toBeSigned = encode(["Signature1", protectedHeader, new Uint8Array(0), content]);
  const signature = sign("sha384", toBeSigned, { key: privateKeyPem, dsaEncoding: "ieee-p1363" });
  return encode(new Tag(COSE_SIGN1, [protectedHeader, new Map(), content, new Uint8Array(signature)]));
}

const ascii = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "ascii"));
