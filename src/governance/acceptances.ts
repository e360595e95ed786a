import { digestOf } from "../kit/canonical.js";
import { transactionId } from "../kit/transactions.js";
import { acceptedContract, type Contract } from "./contracts.js";
import { requireAccepted } from "./standing.js";
import { acceptances } from "./tables.js";

/** What is stated, and where on the ledger, if that was in an earlier transaction than the present one. */
export interface Acceptance {
  /** The document whose digest is the claim of the stating transaction. */
  readonly contract: Contract;
  readonly transactionId?: string;
}

/**
 * States an accepted contract on the ledger in a transaction whose claim is the contract itself, so that the receipt
 * proves it to anybody. CCF gives the vote's own transaction no claims. Stated once per version.
 */
export function stateAcceptance(contractId: string): Acceptance {
  requireAccepted(contractId);
  const contract = acceptedContract(contractId);
  if (contract === undefined) throw new TypeError(`accepted contract ${contractId} has no version`);
  const table = acceptances();
  if (table.get(contractId)?.version === contract.version) {
    return { contract, transactionId: transactionId(table.versionOf(contractId) ?? 0) };
  }
  table.set(contractId, { version: contract.version });
  ccf.rpc.setClaimsDigest(digestOf(contract));
  return { contract };
}
