import { isEnded } from "../src/governance/standing.js";
import { acceptedContracts } from "../src/governance/tables.js";

/** @throws unless the members have accepted the contract and have not ended it: there is nothing else to decide about */
export function requireAgreed(contractId: string): void {
  if (!acceptedContracts().has(contractId)) throw new Error(`the contract "${contractId}" is not accepted`);
  if (isEnded(contractId)) throw new Error(`the contract "${contractId}" has ended`);
}
