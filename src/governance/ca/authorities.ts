import { digestOf } from "../../kit/canonical.js";
import { nowInMilliseconds, nowInSeconds } from "../../kit/clock.js";
import { utf8, hex } from "../../kit/encodings.js";
import { Refusal } from "../../kit/refusal.js";
import { openProposalsFor } from "../proposals.js";
import {
  authorities,
  type CaCertificate,
  caPolicies,
  type CaPolicy,
  type CaSigningKey,
  caSigningKeys,
} from "../tables.js";
import { makeAuthority } from "./certificates.js";
import { readPublicKey } from "./public-key.js";
import { toName } from "./subject.js";

export const DAY = 86_400_000;
/** A certificate is valid from a day before it is made, for those whose clocks are behind. */
export const BACKDATED = DAY;
/** Days that a certificate is valid from when it is made, at most. */
export const LONGEST_DAYS = 100;

/** An authority as the API gives it. */
export interface CaStatus {
  readonly enabled: boolean;
  /** Open proposals to enable it. */
  readonly proposalIds: readonly string[];
  /** PEM, once there is a key. */
  readonly caCert?: string;
  readonly publicKey?: string;
  /** PEM of the certificate and of earlier ones that have not expired: all that clients need to trust. */
  readonly caBundle?: string;
  readonly policy?: CaPolicy;
}

export function caStatus(contractId: string): CaStatus {
  const enabled = authorities().has(contractId);
  const proposalIds = openProposalsFor(contractId, "enable_ca");
  const policy = caPolicies().get(contractId);
  const key = caSigningKeys().get(contractId);
  const status = { enabled, proposalIds, ...(policy && { policy }) };
  if (key === undefined) return status;
  const { caCert, publicKey } = key;
  return { ...status, caCert, publicKey, caBundle: bundleOf(key) };
}

/** PEM of the certificate and of earlier ones that have not expired. */
export const bundleOf = ({ caCert, previous }: CaSigningKey): string =>
  [caCert, ...unexpired(previous).map((earlier) => earlier.caCert)].join("");

/**
 * Makes the key that the members have asked for, unless it is made already, and makes its certificate the claim of this
 * transaction. The key before it is gone; what it has certified stays valid, so its certificate stays in the bundle.
 */
export function generateSigningKey(contractId: string): { requestId: string } {
  const { requestId } = requireEnabled(contractId);
  const table = caSigningKeys();
  const current = table.get(contractId);
  if (current?.requestId === requestId) return { requestId };

  const { publicKey, privateKey } = ccf.crypto.generateEcdsaKeyPair("secp384r1");
  const notBefore = nowInSeconds() * 1000 - BACKDATED;
  const expires = notBefore + (LONGEST_DAYS + 1) * DAY - 1000;
  const { pem: caCert } = makeAuthority(subjectOf(contractId), {
    publicKey: readPublicKey(publicKey),
    privateKey,
    notBefore,
    notAfter: expires,
  });
  const previous = current === undefined ? [] : unexpired([current, ...current.previous]);
  table.set(contractId, { requestId, publicKey, privateKey, caCert, expires, previous });
  ccf.rpc.setClaimsDigest(digestOf({ contractId, requestId, caCert }));
  return { requestId };
}

/** The key with which certificates are signed. @throws {Refusal} `NoCASigningKey`, whatever the reason, since clients know no other */
export function requireSigningKey(contractId: string): CaSigningKey {
  const key = caSigningKeys().get(contractId);
  if (key !== undefined && key.expires > nowInMilliseconds()) return key;
  const message =
    key !== undefined
      ? "has a certificate that has expired. The members must vote for a new key (ca_enable_rotate_signing_key), and one of them have it generated."
      : authorities().has(contractId)
        ? "has no key yet. A member must have it generated."
        : "is not enabled. The members can vote for it (enable_ca), and one of them have its key generated.";
  throw new Refusal("NoCASigningKey", `The certificate authority of contract ${contractId} ${message}`);
}

function requireEnabled(contractId: string): { readonly requestId: string } {
  const found = authorities().get(contractId);
  if (found !== undefined) return found;
  throw new Refusal(
    "CANotEnabled",
    `Contract ${contractId} has no certificate authority. The members can vote for one (enable_ca).`,
  );
}

const unexpired = (certificates: readonly CaCertificate[]): CaCertificate[] => {
  const at = nowInMilliseconds();
  return certificates
    .filter(({ expires }) => expires > at)
    .map(({ caCert, expires }) => ({ caCert, expires }));
};

/** Characters of a common name (RFC 5280, appendix A.1). */
const LONGEST_COMMON_NAME = 64;

/** A subject of its own for every contract; an id that is too long for it is told by its start and its digest. */
function subjectOf(contractId: string) {
  const whole = `${contractId} CA`;
  const digest = hex(ccf.crypto.digest("SHA-256", utf8(contractId))).slice(0, 16);
  const value = whole.length <= LONGEST_COMMON_NAME ? whole : `${contractId.slice(0, 44)}~${digest} CA`;
  return toName([
    { type: "CN", value },
    { type: "O", value: "consortium-ledger" },
  ]);
}
