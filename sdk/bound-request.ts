import { createHash, randomBytes, type KeyObject } from "node:crypto";
import { cdeEncodeOptions, encode } from "cbor2";
import type { CleanRoomKey, Evidence } from "./attested.js";
import { COSE_ALGORITHMS, signCoseWith } from "./cose.js";
import { UsageError } from "./errors.js";
import { binaryEvidence } from "./binary-evidence.js";
import { targetAsSeen } from "./path.js";
import { serviceCertificate } from "./receipt-proof.js";

/** How a request that is signed as a whole is sent. */
export const BOUND_REQUEST_TYPE = "application/cose";

/** A request of attested code: what is asked, of whom, and how the code makes itself known. */
export interface BoundRequestOptions {
  /** Upper case. */
  readonly method: string;
  /** Path and query, as in the URL. */
  readonly target: string;
  /** Which service is asked, see {@link serviceIdentityOf}. */
  readonly service: string;
  /** Signs; RSA or on P-256. */
  readonly key: CleanRoomKey;
  /** Evidence that binds the key, or the session that was opened with it. */
  readonly as: { readonly evidence: Evidence } | { readonly session: string };
  /** Whatever JSON could say; left out where the request needs none. */
  readonly content?: Readonly<Record<string, unknown>>;
  /** Now by default. The service takes it for five minutes. */
  readonly at?: Date;
}

/** Labels of header parameters and claims (RFC 9597, RFC 8392). */
const CWT_CLAIMS = 15;
const ISSUED_AT = 6;
const ID = 7;
/** Bytes of an id: as many as make it unique without asking anybody. */
const ID_LENGTH = 16;

/**
 * A request that is signed as a whole: sent to another service, as another request, later or twice, it is refused. The format
 * is in docs/bound-requests.md.
 *
 * @returns the body, to be sent as {@link BOUND_REQUEST_TYPE}
 */
export function boundRequest(options: BoundRequestOptions): Uint8Array {
  const { method, target, service, key, as, content, at = new Date() } = options;
  requireSupported(key.privateKey);
  const claims = new Map<number, unknown>([
    [ISSUED_AT, Math.floor(at.getTime() / 1000)],
    [ID, new Uint8Array(randomBytes(ID_LENGTH))],
  ]);
  const protectedHeaders = new Map<number | string, unknown>([
    [CWT_CLAIMS, claims],
    ["@method", method],
    ["@request-target", targetAsSeen(target)],
    ["service", new Uint8Array(Buffer.from(service, "hex"))],
    "session" in as
      ? ["session", as.session]
      : [
          "attestation",
          { platform: as.evidence.platform, key: key.publicKeyPem, evidence: binaryEvidence(as.evidence) },
        ],
  ]);
  const payload = content === undefined ? new Uint8Array(0) : encode(asJson(content), cdeEncodeOptions);
  return signCoseWith(key.privateKey, { protectedHeaders, deterministic: true, payload });
}

/** Which service it is that has a certificate: SHA-256 of its public key (DER SubjectPublicKeyInfo), lower-case hex. */
export function serviceIdentityOf(certificatePem: string): string {
  const spki = serviceCertificate(certificatePem).publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(spki).digest("hex");
}

/** The algorithms that a service can verify. */
function requireSupported({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): void {
  const { PS256, ES256 } = COSE_ALGORITHMS;
  if (type === PS256.keyType || (type === ES256.keyType && details?.namedCurve === ES256.curve)) return;
  throw new UsageError("UnsupportedKey", "Cannot sign the request: the key is neither RSA nor on P-256");
}

/** As JSON takes it: without what is undefined, dates as text, and so on. */
const asJson = (content: unknown): unknown => JSON.parse(JSON.stringify(content));
