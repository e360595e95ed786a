import { Refusal } from "../kit/refusal.js";
import type { RefusalCode } from "../kit/refusals.js";
import { requireContract } from "./contracts.js";
import { type Drafted, type Versioned, versioned } from "./drafts.js";
import type { Document } from "./tables.js";

/** What documents of members and documents of users have in common. Each kind is one name space, whatever the contracts. */
export type DocumentKind<D extends Document, A extends Document> = Drafted<D, A>;

/** A document as clients send it. */
export interface WrittenDocument {
  readonly contractId?: string | null | undefined;
  readonly data?: unknown;
}

/** With which codes {@link readDocument} refuses. */
export const documentRefusals = [
  "ContractIdMissing",
  "DataMissing",
  "ContractIdMismatch",
  "ContractNotFound",
] as const satisfies readonly RefusalCode[];

/**
 * A document that says something and belongs to a contract, of which there is at least a draft.
 *
 * @param contractId of the path, where it names one
 * @throws {Refusal} `ContractIdMissing`, `DataMissing`, `ContractIdMismatch`, `ContractNotFound`
 */
export function readDocument(
  { contractId: written, data }: WrittenDocument,
  contractId: string | undefined,
): Document {
  if (!written)
    throw new Refusal("ContractIdMissing", 'Say in "contractId" to which contract the document belongs.');
  if (!data) throw new Refusal("DataMissing", 'Send the document in "data"; it must not be empty.');
  const document = { contractId: written, data };
  requireSameContract(document, contractId);
  requireContract(written);
  return document;
}

/**
 * Refuses a document under the path of another contract than its own.
 *
 * @param contractId of the path, where it names one
 */
export function requireSameContract(document: Document, contractId: string | undefined): void {
  if (contractId === undefined || document.contractId === contractId) return;
  throw new Refusal("ContractIdMismatch", `The document belongs to another contract than ${contractId}.`);
}

/** All documents of a kind by their ids, or those of one contract; what is accepted hides the draft that it was. */
export function documentsOf<D extends Document, A extends Document>(
  kind: DocumentKind<D, A>,
  contractId: string | undefined,
): Map<string, D | A> {
  const all = new Map<string, D | A>([...kind.drafts().entries(), ...kind.accepted().entries()]);
  if (contractId === undefined) return all;
  return new Map([...all].filter(([, document]) => document.contractId === contractId));
}

/**
 * An accepted document of a contract.
 *
 * @throws {Refusal} that it is not there, or `ContractIdMismatch`
 */
export function requireAcceptedDocument<A extends Document>(
  kind: DocumentKind<Document, A>,
  id: string,
  contractId: string,
): Versioned<A> {
  const found = versioned(kind.accepted(), id);
  if (found === undefined) throw new Refusal(kind.codes.notFound, `There is no accepted ${kind.noun} ${id}.`);
  requireSameContract(found.text, contractId);
  return found;
}
