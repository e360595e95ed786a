import { X509Certificate, createHash, generateKeyPairSync } from "node:crypto";
import { apply } from "../../../constitution/apply.js";
import { resolve } from "../../../constitution/resolve.js";
import { validate } from "../../../constitution/validate.js";
import { makeCertificate } from "../../../sandbox/embedded/tls/certificates.js";
import { TestCcf, singleKey } from "../../support/ccf.js";

export interface ProposedAction {
  readonly name: string;
  readonly args?: unknown;
}

/** The three functions of a constitution. */
export interface Constitution {
  validate(proposal: string): { valid: boolean; description: string };
  resolve(
    proposal: string,
    proposerId: string,
    votes: readonly { member_id: string; vote: boolean }[],
    proposalId: string,
  ): string;
  apply(proposal: string, proposalId: string): void;
}

export const [alice, bob, carol, olga] = ["a", "b", "c", "0"].map((digit) => digit.repeat(64)) as [
  string,
  string,
  string,
  string,
];
export const operatorData = { isOperator: true };
export const serviceCertificate = certificate("CCF Network");

/**
 * A service in memory that is ruled by the constitution: alice, bob and carol vote, olga operates. Alice and bob hold
 * recovery shares, and one of them is enough.
 */
export class Consortium {
  readonly ccf = new TestCcf().install();
  readonly #constitution: Constitution;
  #proposals = 0;

  constructor(constitution: Constitution = { validate, resolve, apply }) {
    this.#constitution = constitution;
    for (const member of [alice, bob, carol]) this.member(member, {});
    this.member(olga, { member_data: operatorData });
    for (const member of [alice, bob])
      this.ccf.putText("public:ccf.gov.members.encryption_public_keys", member, "a key");
    this.ccf.put("public:ccf.gov.service.info", singleKey, { status: "Open", cert: serviceCertificate });
    this.ccf.put("public:ccf.gov.service.config", singleKey, {
      recovery_threshold: 1,
      maximum_node_certificate_validity_days: 100,
    });
  }

  member(id: string, info: object): void {
    this.ccf.put("public:ccf.gov.members.info", id, { status: "Active", ...info });
  }

  /** What validation finds wrong; "" for nothing. */
  problem(...actions: readonly ProposedAction[]): string {
    return this.problemOf(JSON.stringify({ actions }));
  }

  problemOf(proposal: string): string {
    const { valid, description } = this.ccf.run("read-only governance", () =>
      this.#constitution.validate(proposal),
    );
    if (valid !== (description === "")) throw new Error(`valid is ${valid}, and the reason "${description}"`);
    return description;
  }

  /** Stores a proposal as open, without asking. @returns its id */
  open(proposerId: string, ...actions: readonly ProposedAction[]): string {
    const id = `proposal${++this.#proposals}`;
    this.ccf.put("public:ccf.gov.proposals", id, { actions });
    this.ccf.put("public:ccf.gov.proposals_info", id, {
      state: "Open",
      proposer_id: proposerId,
      ballots: {},
    });
    return id;
  }

  stateOf(proposalId: string): unknown {
    return (this.ccf.get("public:ccf.gov.proposals_info", proposalId) as { state: unknown }).state;
  }

  /** What becomes of an open proposal with these votes. */
  outcome(proposalId: string, votes: Readonly<Record<string, boolean>> = {}): string {
    const { proposer_id } = this.ccf.get("public:ccf.gov.proposals_info", proposalId) as {
      proposer_id: string;
    };
    const list = Object.entries(votes).map(([member_id, vote]) => ({ member_id, vote }));
    const text = this.ccf.getText("public:ccf.gov.proposals", proposalId) ?? "";
    return this.ccf.run("read-only governance", () =>
      this.#constitution.resolve(text, proposer_id, list, proposalId),
    );
  }

  /** Whether an action is decided as soon as this member proposes it. */
  proposing(proposerId: string, ...actions: readonly ProposedAction[]): string {
    const id = this.open(proposerId, ...actions);
    const outcome = this.outcome(id);
    this.ccf.put("public:ccf.gov.proposals_info", id, { state: outcome, proposer_id: proposerId });
    return outcome;
  }

  /** Applies actions that all voters have accepted, after they were found valid. @throws what validation finds wrong */
  accept(...actions: readonly ProposedAction[]): string {
    const problem = this.problem(...actions);
    if (problem !== "") throw new Error(problem);
    const id = this.open(alice, ...actions);
    this.decide(id);
    return id;
  }

  /** Applies an open proposal. */
  decide(proposalId: string): void {
    const info = this.ccf.get("public:ccf.gov.proposals_info", proposalId) as object;
    const final_votes = { [alice]: true, [bob]: true, [carol]: true };
    this.ccf.put("public:ccf.gov.proposals_info", proposalId, { ...info, state: "Accepted", final_votes });
    const text = this.ccf.getText("public:ccf.gov.proposals", proposalId) ?? "";
    this.ccf.run("governance", () => {
      this.#constitution.apply(text, proposalId);
    });
  }
}

/** A certificate, with a key of its own. */
export function certificate(subject: string): string {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
  return makeCertificate({
    subject,
    publicKey,
    issuer: privateKey,
    validFrom: new Date("2026-01-01T00:00:00Z"),
    validityDays: 365,
  });
}

/** The id of the member or user who has a certificate. */
export const idOf = (pem: string): string =>
  createHash("sha256").update(new X509Certificate(pem).raw).digest("hex");

/** A public key in PEM. */
export function publicKey(kind: "rsa" | "P-256" | "P-384"): string {
  const pair =
    kind === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: kind });
  return pair.publicKey.export({ type: "spki", format: "pem" }).toString();
}
