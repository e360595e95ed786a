import { RpcError } from "../errors.js";
import type { RpcContext } from "../http.js";
import { memberAction, read, type SignedCall } from "./endpoint.js";
import { named, notFound } from "./identifiers.js";
import { parseJson, textField } from "./json-text.js";
import { shuffleRecoveryShares } from "./recovery-shares.js";
import * as tables from "./tables.js";

const digest = read("/members/state-digests/{memberId}", ({ tx, params }) => {
  // Any text, not only an identifier: CCF looks it up as it is.
  const memberId = params.memberId ?? "";
  const ack = tables.memberAcks(tx).get(memberId);
  if (!ack) throw notFound(`No ACK record exists for member ${named.member(memberId)}.`);
  return { status: 200, body: { memberId, stateDigest: ack.state_digest } };
});

/** Gives a member the root of the last signature to acknowledge. */
const update = memberAction("/members/state-digests/{memberId}:update", "state_digest", (call) => {
  const memberId = ownMember(call);
  const signature = tables.signatures(call.tx).get();
  if (!signature)
    throw new RpcError(500, "InternalError", "Service has no signatures to ack yet - try again soon.");
  const acks = tables.memberAcks(call.tx);
  acks.set(memberId, { ...acks.get(memberId), state_digest: signature.root });
  return { status: 200, body: { memberId, stateDigest: signature.root } };
});

/** A member acknowledges the state of the service, and is active from then on. */
const acknowledge = memberAction("/members/state-digests/{memberId}:ack", "ack", (call) => {
  const { tx, caller, node } = call;
  const memberId = ownMember(call);
  const acks = tables.memberAcks(tx);
  const expected = acks.get(memberId);
  if (!expected)
    throw new RpcError(
      403,
      "AuthorizationFailed",
      `No ACK record exists for member ${named.member(memberId)}.`,
    );
  const stateDigest = textField(parseJson(caller.payload), "stateDigest");
  if (stateDigest !== expected.state_digest)
    throw new RpcError(
      400,
      "StateDigestMismatch",
      `Submitted state digest is not valid.\nExpected\n ${expected.state_digest}\nReceived\n ${stateDigest}`,
    );
  const envelope = Buffer.from(caller.envelope).toString("base64");
  acks.set(memberId, { cose_sign1_req: envelope, state_digest: expected.state_digest });

  if (activate(call, memberId) && recovers(call, memberId)) {
    try {
      shuffleRecoveryShares(tx, node.ledger.secrets.latest.secret);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new RpcError(500, "InternalError", `Error issuing new recovery shares: ${reason}`);
    }
  }
  return { status: 204 };
});

/** @returns whether the member was not active before */
function activate({ tx }: RpcContext, memberId: string): boolean {
  const details = tables.members(tx).get(memberId);
  if (!details)
    throw new RpcError(
      500,
      "InternalError",
      `Error activating member: Member ${named.member(memberId)} cannot be activated as they do not exist`,
    );
  tables.members(tx).set(memberId, tables.sortFields({ ...details, status: "Active" }));
  return details.status !== "Active";
}

/** Members who become active in an open service get a recovery share at once; others when it opens. */
function recovers({ tx }: RpcContext, memberId: string): boolean {
  return tables.memberEncryptionKeys(tx).has(memberId) && tables.serviceInfo(tx).get()?.status === "Open";
}

function ownMember({ params, caller }: SignedCall): string {
  const memberId = params.memberId ?? "";
  if (memberId !== caller.memberId)
    throw new RpcError(
      400,
      "InvalidAuthenticationInfo",
      `Member ID from path parameter (${named.member(memberId)}) does not match member ID from body signature (${named.member(caller.memberId)}).`,
    );
  return memberId;
}

/** How members become active: by acknowledging a digest of the state they join. */
export const stateDigestEndpoints = [digest, update, acknowledge];
