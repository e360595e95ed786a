import type { OptionStatus } from "../governance/tables.js";
import { activeMember, knownCaller } from "../governance/callers.js";
import { requireAccepted } from "../governance/contracts.js";
import {
  type ContractOption,
  contractOptions,
  contractOptionStatus,
} from "../governance/contract-options.js";
import { switchExecution } from "../governance/execution.js";
import { id } from "../governance/ids.js";
import { endpoint } from "../kit/endpoint.js";
import { Refusal } from "../kit/refusal.js";
import { evidenceRefusals, requireAttested } from "../policy/attested.js";
import { attestedCall } from "../policy/attested-call.js";
import { contractOptionStatus as contractOptionStatusAnswer } from "../schemas/answers/options.js";
import { attestedRequest } from "../schemas/requests.js";

/** Reads the name of an option of a contract. */
function option(value: string | undefined): ContractOption {
  const found = contractOptions.find((name) => name === value);
  if (found !== undefined) return found;
  throw new Refusal("InvalidOption", `A contract has these options: ${contractOptions.join(", ")}.`);
}

/** Reads the name of an option that is a switch of each member. */
function memberSwitch(value: string | undefined): "execution" {
  if (option(value) === "execution") return "execution";
  throw new Refusal(
    "InvalidOption",
    "Each member switches execution only; propose set_contract_runtime_options_... for logging and telemetry.",
  );
}

const path = { contractId: id, option: memberSwitch };
const changing = ["InvalidOption", "ContractNotAccepted"] as const;

/** For known callers, and for clean rooms that ask for consent; those prove what they are but need no key. */
export const getOptionStatus = endpoint(
  {
    caller: knownCaller,
    path: { contractId: id, option },
    bodies: [attestedRequest],
    answer: contractOptionStatusAnswer,
    refusals: ["InvalidOption", ...evidenceRefusals],
  },
  ({ caller, path, request }) => {
    if (caller === undefined) {
      requireAttested(path.contractId, attestedCall(request, { key: "none", repeatable: true }));
    }
    return contractOptionStatus(path.contractId, path.option);
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
