import type { OptionStatus } from "../governance/tables.js";
import { activeMember, knownCaller } from "../governance/callers.js";
import { requireAccepted } from "../governance/contracts.js";
import { executionStatus, switchExecution } from "../governance/execution.js";
import { id } from "../governance/ids.js";
import { endpoint } from "../kit/endpoint.js";
import { Refusal } from "../kit/refusal.js";
import { evidenceRefusals, requireAttested } from "../policy/attested.js";
import { attestedCall } from "../policy/attested-call.js";
import { optionStatus } from "../schemas/answers/options.js";
import { attestedRequest } from "../schemas/requests.js";

/** Reads the name of an option of a contract. Only `execution` is a switch of each member. */
function option(value: string | undefined): "execution" {
  if (value === "execution") return value;
  throw new Refusal(
    "InvalidOption",
    `A contract has no option "${value?.slice(0, 32) ?? ""}"; it has: execution.`,
  );
}

const path = { contractId: id, option };
const changing = ["InvalidOption", "ContractNotAccepted"] as const;

/** For known callers, and for clean rooms that ask for consent; those prove what they are but need no key. */
export const getOptionStatus = endpoint(
  {
    caller: knownCaller,
    path,
    bodies: [attestedRequest],
    answer: optionStatus,
    refusals: ["InvalidOption", ...evidenceRefusals],
  },
  ({ caller, path, request }) => {
    if (caller === undefined) {
      requireAttested(path.contractId, attestedCall(request, { key: "none", repeatable: true }));
    }
    return executionStatus(path.contractId);
  },
);

export const enableOption = endpoint({ caller: activeMember, path, refusals: changing }, ({ caller, path }) =>
  change(path.contractId, caller.id, "enabled"),
);

export const disableOption = endpoint(
  { caller: activeMember, path, refusals: changing },
  ({ caller, path }) => change(path.contractId, caller.id, "disabled"),
);

function change(contractId: string, memberId: string, status: OptionStatus): void {
  requireAccepted(contractId, 400);
  switchExecution(contractId, memberId, status);
}
