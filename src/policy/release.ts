import { acceptedContract, requireAccepted } from "../governance/contracts.js";
import { executionStatus } from "../governance/execution.js";
import { recordRelease } from "../governance/releases.js";
import type { ReleaseRecord } from "../governance/tables.js";
import { digestOf } from "../kit/canonical.js";
import { hex, toBase64 } from "../kit/encodings.js";
import { Refusal } from "../kit/refusal.js";
import type { RefusalCode } from "../kit/refusals.js";
import {
  type AttestedRequest,
  type CleanRoom,
  evidenceOf,
  evidenceRefusals,
  requireCleanRoom,
} from "./attested.js";

/** Something that leaves the service: what it is called in the record, and its bytes. */
export interface ReleasedItem {
  readonly item: ReleaseRecord["item"];
  readonly value: ArrayBuffer;
}

/** What a clean room gets. */
export interface Release {
  /** Base64 of the value, wrapped to the attested key (RSA-OAEP-AES-KWP). */
  readonly value: string;
  /** Number of the release record. */
  readonly release: number;
  readonly version: number;
}

/** With which codes a release is refused, besides those of the item. */
export const releaseRefusals = [
  ...evidenceRefusals,
  "EncryptionMissing",
  "EncryptionKeyUnsupported",
  "ContractNotAccepted",
  "ExecutionDisabled",
  "ViewNotKnown",
] as const satisfies readonly RefusalCode[];

/** A fresh AES-256 key, wrapped with RSA-OAEP (SHA-256, no label), then the value wrapped with it (RFC 5649). */
const WRAPPING = { name: "RSA-OAEP-AES-KWP", aesKeySize: 256 } as const;

/**
 * Gives something to attested code. In this one transaction: the contract is accepted, no member has disabled execution,
 * the evidence satisfies the policy and binds the key to which the answer is wrapped, and the record is written.
 *
 * @param read fetches the item, once it is known that it may be released
 */
export function release(contractId: string, request: AttestedRequest, read: () => ReleasedItem): Release {
  evidenceOf(request);
  if (!request.encrypt?.publicKey) {
    throw new Refusal("EncryptionMissing", 'Send base64 of the PEM of your RSA key in "encrypt.publicKey".');
  }
  requireConsent(contractId);
  const cleanRoom = requireCleanRoom(contractId, request, request.encrypt.publicKey);
  const { item, value } = read();
  const wrapped = wrap(value, cleanRoom);
  return { value: toBase64(wrapped), release: record(contractId, cleanRoom, item), version: item.version };
}

function requireConsent(contractId: string): void {
  requireAccepted(contractId);
  const status = executionStatus(contractId);
  if (status.status === "disabled") throw new Refusal("ExecutionDisabled", status.reason.message);
}

function wrap(value: ArrayBuffer, { publicKey }: CleanRoom): ArrayBuffer {
  try {
    return ccf.crypto.wrapKey(value, ccf.strToBuf(publicKey), WRAPPING);
  } catch {
    throw new Refusal(
      "EncryptionKeyUnsupported",
      'The attested key in "encrypt.publicKey" is not an RSA public key.',
    );
  }
}

function record(contractId: string, cleanRoom: CleanRoom, item: ReleaseRecord["item"]): number {
  const contract = acceptedContract(contractId);
  if (contract === undefined) throw new TypeError(`accepted contract ${contractId} has no version`);
  const { platform, policy, alternative, claims, signed, publicKeyDigest } = cleanRoom;
  return recordRelease(contractId, {
    item,
    contractVersion: contract.version,
    contractDigest: hex(digestOf(contract.data)),
    policyDigest: hex(digestOf(policy)),
    platform,
    evidenceDigest: hex(ccf.crypto.digest("SHA-256", signed)),
    alternative,
    claims,
    recipientKeyDigest: publicKeyDigest,
  });
}
