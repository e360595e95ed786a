import { X509Certificate } from "node:crypto";
import { verifyCoseSign1, type GovernanceMessageType } from "../../../../sdk/cose.js";
import type { Transaction } from "../../kv/store.js";
import type { AuthenticationPolicy, Refused } from "../authentication/policy.js";
import type { RpcRequest, SignedMember } from "../http.js";
import { readGovernanceMessage } from "./signed-message.js";
import * as tables from "./tables.js";

/** ECDSA's numbers in the IANA registry "COSE Algorithms": ES256, ES384, ES512. */
export const ECDSA: readonly number[] = [-7, -35, -36];

/** Members who signed the request itself, active or not, with a message of one type (of any, if none is given). */
export function memberSigned(type?: GovernanceMessageType): AuthenticationPolicy {
  return {
    name: "member_cose_sign1",
    authenticate: (request, tx) => {
      const caller = authenticate(request, tx, type);
      return "reason" in caller ? caller : { caller };
    },
  };
}

/** The same, but active members only. */
export function activeMemberSigned(type?: GovernanceMessageType): AuthenticationPolicy {
  return {
    name: "active_member_cose_sign1",
    authenticate: (request, tx) => {
      const caller = authenticate(request, tx, type);
      if ("reason" in caller) return caller;
      const active = tables.members(tx).get(caller.memberId)?.status === "Active";
      return active ? { caller } : refusedSignature("Signer is not an ACTIVE member");
    },
  };
}

/**
 * The signature is judged by the key alone: the dates of the member's certificate play no part.
 *
 * @throws {SignedMessageError} if the message cannot be read
 */
function authenticate(
  { headers, body }: RpcRequest,
  tx: Transaction,
  wanted: GovernanceMessageType | undefined,
): SignedMember | Refused {
  const contentType = headers["content-type"];
  if (contentType === undefined) return refusedSignature("Missing content-type header");
  if (contentType !== "application/cose")
    return refusedSignature("Content type is not set to application/cose");
  const { message, header } = readGovernanceMessage(body);
  if (!ECDSA.includes(header.algorithm))
    return refusedSignature(`Unsupported algorithm: ${header.algorithm}`);
  const certificate = tables.memberCertificates(tx).get(header.kid);
  if (certificate === undefined) return refusedSignature("Signer is not a known member");
  const { payload, signature } = message;
  if (!payload || !verifyCoseSign1(message, new X509Certificate(certificate).publicKey))
    return refusedSignature("Failed to validate COSE Sign1");
  if (wanted !== undefined && header.type !== wanted) {
    const expected = `expected ccf.gov.msg.type to be ${wanted}`;
    return refusedSignature(
      header.type === undefined
        ? `Missing ccf.gov.msg.type, ${expected}`
        : `Found ccf.gov.msg.type set to ${header.type}, ${expected}`,
    );
  }
  return { policy: "member_cose_sign1", memberId: header.kid, header, payload, signature, envelope: body };
}

/** The refusal of somebody who should have signed the request. */
export function refusedSignature(reason: string): Refused {
  return { reason, challenge: 'COSE-SIGN1 realm="Signed request access"' };
}
