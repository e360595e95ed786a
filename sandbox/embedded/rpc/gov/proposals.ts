import { createHash } from "node:crypto";
import type { Transaction } from "../../kv/store.js";
import { RpcError } from "../errors.js";
import { activeMemberAction, read, type SignedCall } from "./endpoint.js";
import { identifierIn, named, notFound } from "./identifiers.js";
import { rememberProposal } from "./recent-proposals.js";
import { forgetDecidedProposals, resolveProposal, validateProposal } from "./resolution.js";
import * as tables from "./tables.js";

const create = activeMemberAction("/members/proposals:create", "proposal", (call) => {
  const { tx, caller, node } = call;
  const signatureDigest = createHash("sha256").update(caller.signature).digest();
  // Bound to the state it was made in, so that the same text signed again is another proposal.
  const id = createHash("sha256").update(node.ledger.root).update(signatureDigest).digest("hex");
  const text = Buffer.from(caller.payload).toString("utf8");

  validateProposal(call, text);
  tables.proposals(tx).set(Buffer.from(id), caller.payload);
  const info: tables.ProposalInfo = { ballots: {}, proposer_id: caller.memberId, state: "Open" };
  tables.proposalInfos(tx).set(id, info);
  recordMessage(call);
  rememberProposal(tx, {
    createdAt: caller.header.createdAt,
    signatureDigest: signatureDigest.toString("hex"),
    proposalId: id,
  });
  return { status: 200, body: describeProposal(id, resolveProposal(call, { id, text, info })) };
});

const withdraw = activeMemberAction("/members/proposals/{proposalId}:withdraw", "withdrawal", (call) => {
  const { tx, caller } = call;
  const id = signedProposalId(call);
  const info = tables.proposalInfos(tx).get(id);
  // Whether it never existed or is forgotten, it is not open, which is what the member wants.
  if (!info) return { status: 204 };
  if (info.proposer_id !== caller.memberId)
    throw new RpcError(
      403,
      "AuthorizationFailed",
      `Proposal ${id} can only be withdrawn by proposer ${named.member(info.proposer_id)}, not caller ${named.member(caller.memberId)}.`,
    );
  if (info.state !== "Open" && info.state !== "Withdrawn")
    throw new RpcError(
      400,
      "ProposalNotOpen",
      `Proposal ${id} is currently in state ${info.state.toLowerCase()} and cannot be withdrawn.`,
    );
  const withdrawn: tables.ProposalInfo = { ...info, state: "Withdrawn" };
  if (info.state === "Open") {
    tables.proposalInfos(tx).set(id, withdrawn);
    forgetDecidedProposals(tx, id);
    recordMessage(call);
  }
  return { status: 200, body: describeProposal(id, withdrawn) };
});

const list = read("/members/proposals", ({ tx }) => {
  const value = tables
    .proposalInfos(tx)
    .entries()
    .map(([id, info]) => describeProposal(id, info));
  return { status: 200, body: { value } };
});

const one = read("/members/proposals/{proposalId}", ({ tx, params }) => {
  const id = identifierIn(params, "proposal");
  return { status: 200, body: describeProposal(id, proposalInfo(tx, id)) };
});

const actions = read("/members/proposals/{proposalId}/actions", ({ tx, params }) => {
  const id = identifierIn(params, "proposal");
  return { status: 200, body: proposalBytes(tx, id) };
});

/** The proposal in the path, which must be the one that the signature is for. */
export function signedProposalId({ params, caller }: SignedCall): string {
  const id = identifierIn(params, "proposal");
  if (caller.header.proposalId !== id)
    throw new RpcError(400, "InvalidResourceName", "Authenticated proposal id does not match URL");
  return id;
}

/** @throws {RpcError} if there is no such proposal */
export function proposalInfo(tx: Transaction, id: string): tables.ProposalInfo {
  const info = tables.proposalInfos(tx).get(id);
  if (!info) throw notFound(`Could not find proposal ${id}.`, "ProposalNotFound");
  return info;
}

/** The proposal as it was signed. @throws {RpcError} if there is no such proposal */
export function proposalBytes(tx: Transaction, id: string): Uint8Array {
  const bytes = tables.proposals(tx).get(Buffer.from(id));
  if (!bytes) throw notFound(`Could not find proposal ${id}.`, "ProposalNotFound");
  return bytes;
}

/** Keeps the last signed message of each member; the ledger has them all. */
export function recordMessage({ tx, caller }: SignedCall): void {
  tables.signedMessages(tx).set(caller.memberId, Buffer.from(caller.envelope).toString("base64"));
}

/** A proposal as the API shows it. */
export function describeProposal(proposalId: string, info: tables.ProposalInfo) {
  return {
    proposalId,
    proposerId: info.proposer_id,
    proposalState: info.state,
    ballotCount: Object.keys(info.ballots).length,
    ...(info.final_votes ? { finalVotes: info.final_votes } : {}),
    ...(info.vote_failures ? { voteFailures: info.vote_failures } : {}),
  };
}

/** What members propose, and take back. */
export const proposalEndpoints = [create, withdraw, list, actions, one];
