import { Refusal } from "../kit/refusal.js";
import type { RefusalCode } from "../kit/refusals.js";
import type { Caller } from "./callers.js";
import { requireContract } from "./contracts.js";
import { type Drafted, requireData, saveDraft, type Versioned, versioned } from "./drafts.js";
import { mayRead, requireReader } from "./parties.js";
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
  "NotContractParty",
] as const satisfies readonly RefusalCode[];

/**
 * A document that says something and belongs to a contract, of which there is at least a draft. Only who may read a contract
 * adds to it.
 *
 * @param contractId of the path, where it names one
 * @throws {Refusal} `ContractIdMissing`, `DataMissing`, `ContractIdMismatch`, `ContractNotFound`, `NotContractParty`
 */
export function readDocument(
  caller: Caller,
  { contractId: written, data }: WrittenDocument,
  contractId: string | undefined,
): Document {
  if (!written)
    throw new Refusal("ContractIdMissing", 'Say in "contractId" to which contract the document belongs.');
  requireData(data, "document");
  const document = { contractId: written, data };
  requireSameContract(document, contractId);
  requireContract(written);
  requireReader(caller, written);
  return document;
}

/**
 * Who may not read the draft of a document puts nothing in its place: neither another draft nor a proposal, which could be
 * about another contract.
 *
 * @throws {Refusal} `NotContractParty`
 */
export function requireReaderOfDraft(
  kind: DocumentKind<Document, Document>,
  caller: Caller,
  id: string,
): void {
  const draft = kind.drafts().get(id);
  if (draft !== undefined) requireReader(caller, draft.contractId);
}

/** Writes a draft. @param version of the draft that is replaced @throws {Refusal} see {@link requireReaderOfDraft} */
export function saveDocument<D extends Document>(
  kind: DocumentKind<D, Document>,
  caller: Caller,
  id: string,
  draft: D,
  version: string | null | undefined,
): void {
  requireReaderOfDraft(kind, caller, id);
  saveDraft(kind, id, draft, version);
}

/**
 * Refuses a document under the path of another contract than its own.
 *
 * @param contractId of the path, where it names one
 */
export function requireSameContract(document: Document, contractId: string | undefined): void {
  if (contractId === undefined || document.contractId === contractId) return;
  throw new Refusal(
    "ContractIdMismatch",
    `The document belongs to another contract than ${contractId}; name its own in the path.`,
  );
}

/**
 * The documents of a kind that a caller may read, by their ids; what is accepted hides the draft that it was.
 *
 * @param contractId if only those of one contract are meant
 * @throws {Refusal} `NotContractParty` if that may not be read
 */
export function documentsFor<D extends Document, A extends Document>(
  caller: Caller,
  kind: DocumentKind<D, A>,
  contractId: string | undefined,
): Map<string, D | A> {
  if (contractId !== undefined) requireReader(caller, contractId);
  const all = new Map<string, D | A>([...kind.drafts().entries(), ...kind.accepted().entries()]);
  const contracts = [...new Set([...all.values()].map((document) => document.contractId))];
  const shown = new Set(
    contracts.filter((id) => (contractId === undefined ? mayRead(caller, id) : id === contractId)),
  );
  return new Map([...all].filter(([, document]) => shown.has(document.contractId)));
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
