import { acceptedContracts, executionSwitches, members, type OptionStatus } from "./tables.js";

/** Whether code may run under a contract, as the API says it. */
export type ExecutionStatus =
  | { readonly status: "enabled" }
  | {
      readonly status: "disabled";
      readonly reason: {
        readonly code: "ContractNotAccepted" | "ContractDisabled";
        readonly message: string;
      };
    };

/** Disabled until the contract is accepted, and then as long as any member has it disabled; who left has no say. */
export function executionStatus(contractId: string): ExecutionStatus {
  if (!acceptedContracts().has(contractId)) {
    const message = `The contract ${contractId} is not accepted by the members.`;
    return { status: "disabled", reason: { code: "ContractNotAccepted", message } };
  }
  const switches = executionSwitches().get(contractId) ?? {};
  const present = members();
  const against = Object.keys(switches).filter(
    (memberId) => switches[memberId] === "disabled" && present.has(memberId),
  );
  if (against.length === 0) return { status: "enabled" };
  const message = `Execution is disabled by these members: ${against.join(", ")}.`;
  return { status: "disabled", reason: { code: "ContractDisabled", message } };
}

/** Every member has a switch of its own. */
export function switchExecution(contractId: string, memberId: string, status: OptionStatus): void {
  const table = executionSwitches();
  table.set(contractId, { ...table.get(contractId), [memberId]: status });
}
