import assert from "node:assert/strict";
import type { Identity } from "../../../../sdk/identity.js";
import { Application } from "./application.js";
import { idOf, type MessageType, signedMessage } from "./cose.js";
import { assertForm, type Form, type Formed } from "./forms.js";
import type { Address, Answer } from "./http.js";
import type { AnswerOf } from "./operations.js";

/** Ballots as existing clients send them, to the letter, since they recognise them by it. */
export const BALLOTS = {
  accept: "export function vote (proposal, proposerId) { return true }",
  reject: "export function vote (proposal, proposerId) { return false }",
} as const;

/** As the governance API of CCF answers, as far as existing clients look. */
const PROPOSAL = {
  proposalId: "text",
  proposerId: "text",
  proposalState: /^(Open|Accepted|Rejected|Withdrawn|Dropped|Failed)$/,
  ballotCount: "number",
} as const;
const MEMBER = { memberId: "text", status: /^(Active|Accepted)$/, certificate: "text" } as const;

export interface Action {
  readonly name: string;
  readonly args?: object;
}

/** A member's client: governance requests, and the application as the member. */
export class ExistingMember extends Application {
  readonly id: string;
  readonly #identity: Identity;

  constructor(service: Address, identity: Identity) {
    super(service, identity);
    this.#identity = identity;
    this.id = idOf(identity.certificatePem);
  }

  /** A request of the governance API whose path is below `/gov`. */
  async governance<const F>(path: string, form: F & Form): Promise<Formed<F>> {
    const value: unknown = JSON.parse(await this.text(path));
    assertForm(form, value, path);
    return value as Formed<F>;
  }

  /** The same, where the answer is no JSON. */
  async text(path: string): Promise<string> {
    const answer = await this.connection.exchange("GET", versioned(path));
    assert.equal(answer.status, 200, `${path}: ${answer.text}`);
    return answer.text;
  }

  propose(...actions: readonly Action[]) {
    return this.#proposal("/members/proposals:create", "proposal", JSON.stringify({ actions }));
  }

  ballot(proposalId: string, script: string = BALLOTS.accept) {
    const path = `/members/proposals/${proposalId}/ballots/${this.id}:submit`;
    return this.#proposal(path, "ballot", JSON.stringify({ ballot: script }), proposalId);
  }

  withdraw(proposalId: string) {
    return this.#proposal(`/members/proposals/${proposalId}:withdraw`, "withdrawal", "", proposalId);
  }

  /** Becomes active, or says again that it knows the state. */
  async acknowledge(): Promise<void> {
    const digests = `/members/state-digests/${this.id}`;
    const digest = await this.#signed(`${digests}:update`, "state_digest", "");
    assert.equal(digest.status, 200, digest.text);
    assertForm({ memberId: "text", stateDigest: "text" }, JSON.parse(digest.text), digests);
    // what was answered is what is signed
    const acknowledged = await this.#signed(`${digests}:ack`, "ack", digest.text);
    assert.equal(acknowledged.status, 204, acknowledged.text);
    await this.committed("/gov/tx", String(acknowledged.headers["x-ms-ccf-transaction-id"]));
  }

  readProposal(proposalId: string) {
    return this.governance(`/members/proposals/${proposalId}`, PROPOSAL);
  }

  async openProposals() {
    const { value } = await this.governance("/members/proposals", { value: [PROPOSAL] });
    return value.filter(({ proposalState }) => proposalState === "Open");
  }

  async members() {
    return (await this.governance("/service/members", { value: [{ ...MEMBER, "memberData?": "any" }] }))
      .value;
  }

  /** Proposes a contract as it was read, which is how clients propose it. */
  proposeContract(contractId: string, contract: AnswerOf<"POST /contracts/{contractId}">) {
    return this.propose({ name: "set_contract", args: { contractId, contract } });
  }

  async #proposal(path: string, type: MessageType, payload: string, proposalId?: string) {
    const answer = await this.#signed(path, type, payload, proposalId);
    assert.equal(answer.status, 200, `${path}: ${answer.text}`);
    const value: unknown = JSON.parse(answer.text);
    assertForm(PROPOSAL, value, path);
    const proposal = value as Formed<typeof PROPOSAL>;
    // clients wait after every ballot; for tests it is enough after the last
    if (proposal.proposalState !== "Open")
      await this.committed("/gov/tx", String(answer.headers["x-ms-ccf-transaction-id"]));
    return proposal;
  }

  #signed(path: string, type: MessageType, payload: string, proposalId?: string): Promise<Answer> {
    const bytes = signedMessage(this.#identity, type, payload, proposalId);
    return this.connection.exchange("POST", versioned(path), { type: "application/cose", bytes });
  }
}

const versioned = (path: string): string =>
  `/gov${path}${path.includes("?") ? "&" : "?"}api-version=2024-07-01`;

/** The first proposes, all vote in favour until it is decided. @returns the id of the proposal, once accepted */
export async function passed(
  members: readonly ExistingMember[],
  ...actions: readonly Action[]
): Promise<string> {
  const [first = assert.fail("nobody is there to propose")] = members;
  let proposal = await first.propose(...actions);
  for (const member of members)
    if (proposal.proposalState === "Open") proposal = await member.ballot(proposal.proposalId);
  assert.equal(proposal.proposalState, "Accepted", JSON.stringify(actions.map(({ name }) => name)));
  return proposal.proposalId;
}
