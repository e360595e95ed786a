import { RpcError } from "../errors.js";
import { activeMemberAction, read, type SignedCall } from "./endpoint.js";
import { identifierIn, named, notFound } from "./identifiers.js";
import { invalidInput, isObject, parseJson } from "./json-text.js";
import {
  describeProposal,
  proposalBytes,
  proposalInfo,
  recordMessage,
  signedProposalId,
} from "./proposals.js";
import { resolveProposal } from "./resolution.js";
import * as tables from "./tables.js";

const submit = activeMemberAction(
  "/members/proposals/{proposalId}/ballots/{memberId}:submit",
  "ballot",
  (call) => {
    const { tx } = call;
    const id = signedProposalId(call);
    const memberId = signedMemberId(call);
    const info = proposalInfo(tx, id);
    if (info.state !== "Open")
      throw new RpcError(
        400,
        "ProposalNotOpen",
        `Proposal ${id} is currently in state ${info.state.toLowerCase()} - only open proposals can receive votes`,
      );
    const text = Buffer.from(proposalBytes(tx, id)).toString("utf8");
    const ballot = ballotIn(call.caller.payload);
    const present = info.ballots[memberId];
    if (present === ballot) return { status: 200, body: describeProposal(id, info) };
    if (present !== undefined)
      throw new RpcError(
        400,
        "VoteAlreadyExists",
        `Different ballot already submitted by ${named.member(memberId)} for ${id}.`,
      );

    recordMessage(call);
    const ballots = tables.sortFields({ ...info.ballots, [memberId]: ballot });
    const resolved = resolveProposal(call, { id, text, info: { ...info, ballots } });
    return { status: 200, body: describeProposal(id, resolved) };
  },
);

function ballotIn(payload: Uint8Array): string {
  const request = parseJson(payload);
  const ballot = isObject(request) ? request.ballot : undefined;
  if (typeof ballot !== "string")
    throw invalidInput('Signed request body is not a JSON object containing required string field "ballot"');
  return ballot;
}

function signedMemberId({ params, caller }: SignedCall): string {
  const id = identifierIn(params, "member");
  if (id !== caller.memberId)
    throw new RpcError(400, "InvalidResourceName", "Authenticated member id does not match URL");
  return id;
}

const one = read("/members/proposals/{proposalId}/ballots/{memberId}", ({ tx, params }) => {
  const id = identifierIn(params, "proposal");
  const memberId = identifierIn(params, "member");
  const info = tables.proposalInfos(tx).get(id);
  if (!info) throw notFound(`Proposal ${id} does not exist.`, "ProposalNotFound");
  const ballot = info.ballots[memberId];
  if (ballot === undefined)
    throw notFound(`Member ${named.member(memberId)} has not voted for proposal ${id}.`, "VoteNotFound");
  return { status: 200, headers: { "content-type": "text/javascript" }, body: ballot };
});

/** How members vote: with JavaScript that decides when it is asked. */
export const ballotEndpoints = [submit, one];
