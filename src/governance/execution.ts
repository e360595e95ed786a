import { type NotInForce, requireAccepted, whyNotInForce } from "./standing.js";
import { executionSwitches, members, type OptionStatus } from "./tables.js";

/** Whether code may run under a contract, as the API says it. */
export type ExecutionStatus =
  | { readonly status: "enabled" }
  | {
      readonly status: "disabled";
      readonly reason: {
        readonly code: NotInForce["code"] | "ContractDisabled";
        readonly message: string;
      };
    };

/** Disabled unless the contract is in force, and then as long as any member has it disabled; who left has no say. */
export function executionStatus(contractId: string): ExecutionStatus {
  const reason = whyNotInForce(contractId);
  if (reason !== undefined) return { status: "disabled", reason };
  const switches = executionSwitches().get(contractId) ?? {};
  const present = members();
  const against = Object.keys(switches).filter(
    (memberId) => switches[memberId] === "disabled" && present.has(memberId),
  );
  if (against.length === 0) return { status: "enabled" };
  const message = `Execution is disabled by these members: ${against.join(", ")}.`;
  return { status: "disabled", reason: { code: "ContractDisabled", message } };
}

/** Every member has a switch of its own, once the contract is accepted. @throws {Refusal} `ContractNotAccepted` */
export function switchExecution(contractId: string, memberId: string, status: OptionStatus): void {
  requireAccepted(contractId);
  const table = executionSwitches();
  table.set(contractId, { ...table.get(contractId), [memberId]: status });
}
