import { members as membersShape, type Member, proposal, proposals, stateDigest } from "./answers.js";
import type { Proposal } from "./answers.js";
import type { Client } from "./client.js";
import { type GovernanceMessageType, signGovernanceMessage } from "./cose.js";
import { ServiceError } from "./errors.js";
import { type Identity, memberIdOf } from "./identity.js";

/** The governance API of CCF that we speak. */
const API_VERSION = "api-version=2024-07-01";

/** The path of a governance request. */
export const gov = (path: string): string => `/gov${path}?${API_VERSION}`;

/** One thing that a proposal does, for example `{ name: "set_contract", args: { contractId, contract } }`. */
export interface Action {
  readonly name: string;
  readonly args?: Readonly<Record<string, unknown>>;
}

/** Ballots are scripts; these two are what other tools know as plain yes and no, to the letter. */
export const BALLOTS = {
  accept: "export function vote (proposal, proposerId) { return true }",
  reject: "export function vote (proposal, proposerId) { return false }",
} as const;

/** Where the requests of members go. */
export const REQUESTS = {
  stateDigest: (memberId: string) => gov(`/members/state-digests/${memberId}:update`),
  ack: (memberId: string) => gov(`/members/state-digests/${memberId}:ack`),
  propose: () => gov("/members/proposals:create"),
  ballot: (proposalId: string, memberId: string) =>
    gov(`/members/proposals/${proposalId}/ballots/${memberId}:submit`),
  withdraw: (proposalId: string) => gov(`/members/proposals/${proposalId}:withdraw`),
  encryptedShare: (memberId: string) => gov(`/recovery/encrypted-shares/${memberId}`),
  recover: (memberId: string) => gov(`/recovery/members/${memberId}:recover`),
} as const;

/** Makes a member active: fetches the digest of the state that it acknowledges, and acknowledges it. */
export async function activateMember(client: Client, member: Identity): Promise<void> {
  const memberId = memberIdOf(member.certificatePem);
  const fetched = await sendSigned(client, member, REQUESTS.stateDigest(memberId), "state_digest");
  const acknowledged = { stateDigest: fetched.as(stateDigest).stateDigest };
  const done = await sendSigned(client, member, REQUESTS.ack(memberId), "ack", acknowledged);
  await client.committed(done.writtenTxId);
}

/**
 * Proposes. The constitution may decide at once, so look at `proposalState` in the answer.
 *
 * @throws {ServiceError} `ProposalFailedToValidate` when the constitution finds an argument wrong
 */
export async function propose(
  client: Client,
  member: Identity,
  actions: readonly Action[],
): Promise<Proposal> {
  const answer = await sendSigned(client, member, REQUESTS.propose(), "proposal", { actions });
  return answer.as(proposal);
}

/** Votes with a ballot script; see {@link BALLOTS}. */
export async function vote(
  client: Client,
  member: Identity,
  proposalId: string,
  ballot: string = BALLOTS.accept,
): Promise<Proposal> {
  const path = REQUESTS.ballot(proposalId, memberIdOf(member.certificatePem));
  return (await sendSigned(client, member, path, "ballot", { ballot }, proposalId)).as(proposal);
}

/** Withdraws an open proposal; only its proposer may. */
export async function withdraw(client: Client, member: Identity, proposalId: string): Promise<Proposal> {
  const path = REQUESTS.withdraw(proposalId);
  return (await sendSigned(client, member, path, "withdrawal", undefined, proposalId)).as(proposal);
}

/** A decided proposal and the transaction that decided it. */
export interface Decision {
  readonly proposal: Proposal;
  readonly txId: string;
}

/**
 * Proposes in the name of the first member and lets all vote in favour, in turn, until it is decided and committed.
 *
 * @throws {ServiceError} `ProposalNotAccepted` when it ends otherwise
 */
export async function passProposal(
  client: Client,
  voters: readonly [Identity, ...Identity[]],
  actions: readonly Action[],
): Promise<Decision> {
  let answer = await sendSigned(client, voters[0], REQUESTS.propose(), "proposal", { actions });
  let current = answer.as(proposal);
  for (const voter of voters) {
    if (current.proposalState !== "Open") break;
    const path = REQUESTS.ballot(current.proposalId, memberIdOf(voter.certificatePem));
    answer = await sendSigned(client, voter, path, "ballot", { ballot: BALLOTS.accept }, current.proposalId);
    current = answer.as(proposal);
  }
  if (current.proposalState !== "Accepted") throw notAccepted(current, actions);
  await client.committed(answer.writtenTxId);
  return { proposal: current, txId: answer.writtenTxId };
}

export async function getProposal(client: Client, proposalId: string): Promise<Proposal> {
  return (await client.get(gov(`/members/proposals/${proposalId}`))).as(proposal);
}

export async function listProposals(client: Client): Promise<readonly Proposal[]> {
  return (await client.get(gov("/members/proposals"))).as(proposals).value;
}

/** What a proposal would do, as it was proposed. */
export async function getActions(client: Client, proposalId: string): Promise<unknown> {
  return (await client.get(gov(`/members/proposals/${proposalId}/actions`))).json();
}

export async function listMembers(client: Client): Promise<readonly Member[]> {
  return (await client.get(gov("/service/members"))).as(membersShape).value;
}

function notAccepted(found: Proposal, actions: readonly Action[]): ServiceError {
  const names = actions.map(({ name }) => name).join(", ");
  const why = found.failure?.reason === undefined ? "" : `: ${found.failure.reason}`;
  const message = `The proposal to ${names} (${found.proposalId}) is ${found.proposalState}, not Accepted${why}`;
  return new ServiceError(200, "ProposalNotAccepted", message);
}

/** Sends a request that a member signs; see {@link REQUESTS}. */
export function sendSigned(
  client: Client,
  member: Identity,
  path: string,
  type: GovernanceMessageType,
  content?: object,
  proposalId?: string,
) {
  const payload = content === undefined ? "" : JSON.stringify(content);
  const message = signGovernanceMessage({
    ...member,
    type,
    payload,
    ...(proposalId !== undefined && { proposalId }),
  });
  return client.post(path, message, "application/cose");
}
