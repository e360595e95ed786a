import type { Request } from "@microsoft/ccf-app";
import { requireInForce, type TextInForce } from "../governance/contracts.js";
import { executionStatus } from "../governance/execution.js";
import { recordRelease } from "../governance/releases.js";
import type { ReleasedThing } from "../governance/tables.js";
import { digestOf } from "../kit/canonical.js";
import { hex, toBase64 } from "../kit/encodings.js";
import { Refusal } from "../kit/refusal.js";
import type { RefusalCode } from "../kit/refusals.js";
import { boundEvidenceRefusals, type CleanRoom, evidenceRefusals, requireCleanRoom } from "./attested.js";
import { type AttestedCall, attestedCall } from "./attested-call.js";
import type { AttestedKey } from "./attested-key.js";
import type { Delegate } from "./delegates.js";
import { signatureRefusals } from "./json-call.js";

/** Something that leaves the service: what it is called in the record, and its bytes. */
export interface ReleasedItem {
  readonly item: ReleasedThing;
  readonly value: ArrayBuffer;
}

/** What a clean room gets. */
export interface Release {
  /** Base64 of the value, wrapped to the attested key (RSA-OAEP-AES-KWP). */
  readonly value: string;
  /** Number of the release record. */
  readonly release: number;
  /** Of a secret. */
  readonly version?: number;
}

const termsRefusals = [
  "EncryptionKeyUnsupported",
  "ContractNotAccepted",
  "ContractEnded",
  "ContractExpired",
  "ExecutionDisabled",
  "ViewNotKnown",
] as const satisfies readonly RefusalCode[];

/** With which codes a release is refused, besides those of the item. */
export const releaseRefusals = [...evidenceRefusals, ...signatureRefusals, ...termsRefusals] as const;

/** The same where there is no JSON form. */
export const boundReleaseRefusals = [...boundEvidenceRefusals, ...termsRefusals] as const;

/** A fresh AES-256 key, wrapped with RSA-OAEP (SHA-256, no label), then the value wrapped with it (RFC 5649). */
const WRAPPING = { name: "RSA-OAEP-AES-KWP", aesKeySize: 256 } as const;

/**
 * Reads a request for something that is released.
 *
 * @param terms `signed` where a JSON request signs its content
 * @throws {Refusal} `AttestationMissing`, `EncryptionMissing`, ...
 */
export function releaseCall(request: Request, { signed }: { readonly signed?: true } = {}): AttestedCall {
  const call = attestedCall(request, { key: "encrypt", ...(signed && { signed: (data) => data }) });
  if (call.key !== undefined) return call;
  throw new Refusal("EncryptionMissing", 'Send base64 of the PEM of your RSA key in "encrypt.publicKey".');
}

/** Under which contract something is released, and what a clean room may have delegated it for. */
export interface Terms {
  readonly contractId: string;
  readonly delegate?: Delegate;
}

/**
 * Gives something to attested code. In this one transaction: the contract is in force, no member has disabled execution,
 * the evidence satisfies the policy and binds the key to which the answer is wrapped, and the record is written.
 *
 * @param read fetches the item, once it is known that it may be released, given what the code asks for
 */
export function release(
  call: AttestedCall,
  { contractId, delegate }: Terms,
  read: (content: unknown, room: CleanRoom) => ReleasedItem,
): Release {
  const text = requireConsent(contractId);
  const room = requireCleanRoom(contractId, call, delegate);
  const { item, value } = read(call.content(), room);
  const wrapped = wrap(value, room.key);
  const number = record(contractId, text, room, item);
  return {
    value: toBase64(wrapped),
    release: number,
    ...(item.version !== undefined && { version: item.version }),
  };
}

function requireConsent(contractId: string): TextInForce {
  const text = requireInForce(contractId);
  const status = executionStatus(contractId);
  if (status.status === "disabled") throw new Refusal("ExecutionDisabled", status.reason.message);
  return text;
}

function wrap(value: ArrayBuffer, { pem }: AttestedKey): ArrayBuffer {
  try {
    return ccf.crypto.wrapKey(value, ccf.strToBuf(pem), WRAPPING);
  } catch {
    throw new Refusal("EncryptionKeyUnsupported", "The attested key is not an RSA public key.");
  }
}

function record(contractId: string, text: TextInForce, room: CleanRoom, item: ReleasedThing): number {
  const { platform, policy, delegate, alternative, claims, evidenceDigest, key } = room;
  return recordRelease(contractId, {
    item,
    contractVersion: text.version,
    contractDigest: text.digest,
    policyDigest: hex(digestOf(policy)),
    platform,
    evidenceDigest,
    ...(delegate && { delegate }),
    alternative,
    claims,
    recipientKeyDigest: key.digest,
  });
}
