import { RpcError } from "../errors.js";
import type { NodeContext, RpcContext } from "../http.js";
import { runtimeOptions } from "../../js/options.js";
import type { GovernanceAnswers, GovernanceOutcome } from "../../js/types.js";
import type { Transaction } from "../../kv/store.js";
import { named } from "./identifiers.js";
import * as tables from "./tables.js";

/** The transaction in which something is decided, and the engine that runs the constitution. */
type Deciding = Pick<RpcContext, "tx"> & { node: Pick<NodeContext, "engine" | "effects"> };

interface Proposal {
  id: string;
  /** as it was signed */
  text: string;
  info: tables.ProposalInfo;
}

/**
 * Asks the constitution whether a proposal makes sense at all.
 *
 * @throws {RpcError} if not, or if the constitution cannot tell
 */
export function validateProposal(deciding: Deciding, text: string): void {
  const outcome = runConstitution(deciding, "validate", [text]);
  if (!outcome.ok)
    throw internalError(`Failed to execute validation: ${reasonOf(outcome)} ${outcome.trace ?? ""}`);
  if (!outcome.value) throw internalError("Validation failed to return an object");
  const { valid, description } = outcome.value;
  if (!valid)
    throw new RpcError(400, "ProposalFailedToValidate", `Proposal failed to validate: ${description}`);
}

/**
 * Counts the ballots of a proposal, asks the constitution what follows from them, and carries the proposal out if it is
 * accepted.
 *
 * @returns the proposal's information, as it is stored then
 * @throws {RpcError} if the constitution fails; nothing of the transaction may be kept then
 */
export function resolveProposal(deciding: Deciding, { id, text, info }: Proposal): tables.ProposalInfo {
  const { votes, failures } = countVotes(deciding, { id, text, info });
  const listed = Object.entries(votes).map(([member_id, vote]) => ({ member_id, vote }));
  const state = nextState(runConstitution(deciding, "resolve", [text, info.proposer_id, listed, id]));

  const infos = tables.proposalInfos(deciding.tx);
  if (state === "Open") {
    infos.set(id, { ...info, state });
    return { ...info, state };
  }
  const decided: tables.ProposalInfo = {
    ballots: info.ballots,
    final_votes: votes,
    proposer_id: info.proposer_id,
    state,
    vote_failures: failures,
  };
  forgetDecidedProposals(deciding.tx, id);
  infos.set(id, decided);
  if (state === "Accepted") {
    const outcome = runConstitution(deciding, "apply", [text, id]);
    if (!outcome.ok) throw failed(`Failed to apply(): ${reasonOf(outcome)}`, outcome.trace);
  }
  return decided;
}

/** Only the proposal decided last is kept, and those still open; the ledger has all the others. */
export function forgetDecidedProposals(tx: Transaction, except: string): void {
  for (const [id, { state }] of tables.proposalInfos(tx).entries()) {
    if (id === except || state === "Open") continue;
    tables.proposals(tx).delete(Buffer.from(id));
    tables.proposalInfos(tx).delete(id);
  }
}

/** Each ballot is run anew whenever votes are counted, so it may depend on the state of the service. */
function countVotes({ tx, node }: Deciding, { id, text, info }: Proposal) {
  const votes: Record<string, boolean> = {};
  const failures: Record<string, tables.Failure> = {};
  for (const [member, source] of Object.entries(info.ballots)) {
    const outcome = node.engine.runGovernance({
      tx,
      run: "vote",
      source,
      path: `public:ccf.gov.proposals_info[${id}].ballots[${named.member(member)}]`,
      arguments: [text, info.proposer_id],
      options: runtimeOptions(tx),
    });
    if (outcome.ok) votes[member] = outcome.value;
    else if (outcome.stage !== "call") throw internalError(outcome.reason);
    else
      failures[member] = {
        reason: reasonOf(outcome),
        ...(outcome.trace === undefined ? {} : { trace: outcome.trace }),
      };
  }
  return { votes, failures };
}

function nextState(outcome: GovernanceOutcome<string>): "Open" | "Accepted" | "Rejected" {
  if (!outcome.ok) throw failed(`Failed to resolve(): ${reasonOf(outcome)}`, outcome.trace);
  switch (outcome.value) {
    case "Open":
    case "Accepted":
    case "Rejected":
      return outcome.value;
    default:
      throw failed(`resolve() returned invalid status value: "${outcome.value}"`);
  }
}

function runConstitution<Name extends "validate" | "resolve" | "apply">(
  { tx, node }: Deciding,
  run: Name,
  args: readonly unknown[],
): GovernanceOutcome<GovernanceAnswers[Name]> {
  const source = tables.constitution(tx).get();
  if (source === undefined) throw internalError("No constitution is set - proposals cannot be evaluated");
  const outcome = node.engine.runGovernance({
    tx,
    run,
    source,
    path: "public:ccf.gov.constitution[0]",
    arguments: args,
    options: runtimeOptions(tx),
    ...(run === "apply" ? { effects: node.effects } : {}),
  });
  if (!outcome.ok && outcome.stage !== "call") throw internalError(outcome.reason);
  return outcome;
}

function reasonOf({ reason, timedOut }: { reason: string; timedOut: boolean }): string {
  return timedOut ? "Operation took too long to complete." : reason;
}

function failed(reason: string, trace?: string): RpcError {
  return internalError(`${reason}\nTrace: ${trace ?? "N/A"}`);
}

function internalError(message: string): RpcError {
  return new RpcError(500, "InternalError", message);
}
