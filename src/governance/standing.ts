import { digestOf } from "../kit/canonical.js";
import { hex } from "../kit/encodings.js";
import { partiesIn } from "./parties.js";
import { type AcceptedContract, acceptedContracts, contractStandings } from "./tables.js";

/** Puts a contract in force as the members have accepted it. Governance only. */
export function acceptContract(contractId: string, accepted: AcceptedContract): void {
  acceptedContracts().set(contractId, accepted);
  const parties = partiesIn(accepted.data);
  contractStandings().set(contractId, {
    digest: hex(digestOf(accepted.data)),
    ...(parties !== undefined && { parties }),
  });
}
