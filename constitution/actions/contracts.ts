import { readExpiry } from "../../src/governance/expiry.js";
import { partiesIn } from "../../src/governance/parties.js";
import { finalVotesOn } from "../../src/governance/proposals.js";
import { acceptContract, endContract, isAcceptedVersion, isEnded } from "../../src/governance/standing.js";
import { acceptedContracts, cleanRoomPolicies } from "../../src/governance/tables.js";
import { digestOf } from "../../src/kit/canonical.js";
import { type Amendment, type Policy, amendPolicy } from "../../src/policy/policy.js";
import { contractById, setCleanRoomPolicy, setContract } from "../../src/schemas/actions/contracts.js";
import type { Of } from "../../src/schemas/shape.js";
import { action } from "../action.js";
import { requireAgreed } from "../agreements.js";
import { requireId } from "../ids.js";

/**
 * Accepts a contract: exactly the data that the proposal holds, whatever stands in its draft. An accepted one is replaced as
 * a whole by amending it, which takes the same vote and names the version that is replaced.
 */
const set_contract = action({
  arguments: setContract,
  decision: {
    veto: true,
    subject: {
      kind: "contract",
      id: ({ contractId }) => contractId,
      settled: (id, { amend, version }) =>
        amend ? isEnded(id) || !isAcceptedVersion(id, version ?? "") : acceptedContracts().has(id),
      alone: true,
    },
  },
  check({ contractId, contract, amend, version }) {
    requireId(contractId, "contractId");
    digestOf(contract); // throws for what could not be proven by a digest later
    partiesIn(contract.data); // throws for parties that are no list of ids
    readExpiry(contract.expires); // throws for what is no moment
    if (amend) requireAmendable(contractId, version);
    else if (version !== undefined) throw new Error(`"version" means nothing without "amend"`);
  },
  apply({ contractId, contract: { data, expires } }, proposalId) {
    const finalVotes = finalVotesOn(proposalId);
    acceptContract(contractId, { data, ...(expires !== undefined && { expires }), proposalId, finalVotes });
  },
});

/** @throws unless the contract is one that can be replaced, and the version is the one that would be */
function requireAmendable(contractId: string, version: string | undefined): void {
  requireAgreed(contractId);
  if (version === undefined) throw new Error(`"amend" takes "version", that of the accepted contract`);
  if (!isAcceptedVersion(contractId, version))
    throw new Error(`"version" is not that of the accepted contract, which may have been amended meanwhile`);
}

/** Ends an accepted contract for good: nothing is released under it any more, and what was agreed stays readable. */
const end_contract = action({
  arguments: contractById,
  decision: {
    veto: true,
    subject: { kind: "contract", id: ({ contractId }) => contractId, settled: isEnded },
  },
  check: ({ contractId }) => requireAgreed(contractId),
  apply: ({ contractId }, proposalId) => endContract(contractId, proposalId),
});

type SetCleanRoomPolicy = Of<typeof setCleanRoomPolicy>;

/** Decides which code an accepted contract trusts. */
const set_clean_room_policy = action({
  arguments: setCleanRoomPolicy,
  decision: {
    veto: true,
    delegate: { role: "contractOperator", option: "autoapprove-cleanroompolicy-proposal" },
  },
  check(args, given) {
    const { contractId } = args;
    requireAgreed(contractId);
    const before = given
      .earlier("set_clean_room_policy", setCleanRoomPolicy)
      .filter((earlier) => earlier.contractId === contractId)
      .reduce(amended, cleanRoomPolicies().get(contractId));
    amended(before, args);
  },
  apply(args) {
    const policies = cleanRoomPolicies();
    const policy = amended(policies.get(args.contractId), args);
    if (policy === undefined) policies.delete(args.contractId);
    else policies.set(args.contractId, policy);
  },
});

/** @throws an error when the amendment cannot be made */
const amended = (policy: Policy | undefined, args: SetCleanRoomPolicy): Policy | undefined =>
  amendPolicy(policy, amendmentOf(args));

function amendmentOf({ type, policyType, claims, alternatives }: SetCleanRoomPolicy): Amendment {
  if (type === "set") {
    if (alternatives === undefined || claims !== undefined)
      throw new Error(`"set" takes "alternatives", a list of claims, and not "claims"`);
    return { type, policyType, alternatives };
  }
  if (claims === undefined || alternatives !== undefined)
    throw new Error(`"${type}" takes "claims", and not "alternatives"`);
  return { type, policyType, claims };
}

export const contracts = { set_contract, end_contract, set_clean_room_policy };
