import { digestOf } from "../kit/canonical.js";
import { Refusal } from "../kit/refusal.js";
import type { RefusalCode } from "../kit/refusals.js";
import type { Table } from "../kit/tables.js";
import { transactionId } from "../kit/transactions.js";

/** Something that is drafted until it is accepted for good, each under an id of its own: where it stands, and how refusals speak of it. */
export interface Drafted<D, A> {
  /** For messages: `contract`. */
  readonly noun: string;
  /** For messages: what can be done once it is accepted, if anything. */
  readonly afterwards?: string;
  readonly drafts: () => Table<string, D>;
  readonly accepted: () => Table<string, A>;
  readonly codes: {
    readonly notFound: RefusalCode;
    /** There is a draft, and its writer does not say that it is to be replaced. */
    readonly exists: RefusalCode;
    readonly alreadyAccepted: RefusalCode;
  };
}

/** A row of a table, and the transaction that wrote it: what the API calls its version. */
export interface Versioned<T> {
  readonly text: T;
  readonly version: string;
}

export function versioned<T>(table: Table<string, T>, id: string): Versioned<T> | undefined {
  const text = table.get(id);
  const seqno = table.versionOf(id);
  return text === undefined || seqno === undefined ? undefined : { text, version: transactionId(seqno) };
}

/** @throws {Refusal} if it was accepted, after which it never changes */
export function requireNotAccepted(
  { noun, afterwards, accepted, codes }: Drafted<unknown, unknown>,
  id: string,
): void {
  if (!accepted().has(id)) return;
  const hint = afterwards === undefined ? "" : `; ${afterwards}`;
  throw new Refusal(
    codes.alreadyAccepted,
    `The ${noun} ${id} is accepted and can no longer be drafted${hint}.`,
  );
}

/** What is drafted or proposed says something. @param noun for the message @throws {Refusal} `DataMissing` */
export function requireData(data: unknown, noun: string): void {
  if (!data) throw new Refusal("DataMissing", `Send the ${noun} in "data"; it must not be empty.`);
}

/** With which codes {@link saveDraft} refuses, besides that of the kind for a draft that exists. */
export const draftRefusals = [
  "PreconditionFailed",
  "NotCanonical",
  "ViewNotKnown",
] as const satisfies readonly RefusalCode[];

/**
 * Writes a draft, unless its writer has not read the one that it replaces.
 *
 * @param version of the draft that is replaced; of no consequence for the first
 */
export function saveDraft<D>(
  kind: Drafted<D, unknown>,
  id: string,
  draft: D,
  version: string | null | undefined,
): void {
  digestOf(draft); // what cannot be digested could not be proven later
  const drafts = kind.drafts();
  const seqno = drafts.versionOf(id);
  if (seqno !== undefined && drafts.has(id)) requireVersion(kind, id, transactionId(seqno), version);
  drafts.set(id, draft);
}

function requireVersion(
  { noun, codes }: Drafted<unknown, unknown>,
  id: string,
  current: string,
  given: string | null | undefined,
): void {
  if (!given) {
    throw new Refusal(
      codes.exists,
      `The ${noun} ${id} exists. To replace its draft, send the version that you have read.`,
    );
  }
  if (given !== current) {
    throw new Refusal(
      "PreconditionFailed",
      `The draft of ${id} is at version ${current}, not ${given}. Read it again and repeat your change.`,
    );
  }
}

/** What is found under an id. */
export type Found<D, A, P> =
  | ({ readonly state: "Accepted" } & Versioned<A>)
  | { readonly state: "Proposed"; readonly proposal: P; readonly draft: D | undefined }
  | ({ readonly state: "Draft" } & Versioned<D>);

/**
 * What is found under an id: what is accepted, else what is proposed, else the draft.
 *
 * @param proposed finds the open proposal, if there is one
 * @throws {Refusal} if there is nothing
 */
export function lookUp<D, A, P>(
  kind: Drafted<D, A>,
  id: string,
  proposed: (id: string) => P | undefined,
): Found<D, A, P> {
  const accepted = versioned(kind.accepted(), id);
  if (accepted !== undefined) return { state: "Accepted", ...accepted };
  const drafts = kind.drafts();
  const proposal = proposed(id);
  if (proposal !== undefined) return { state: "Proposed", proposal, draft: drafts.get(id) };
  const draft = versioned(drafts, id);
  if (draft !== undefined) return { state: "Draft", ...draft };
  throw new Refusal(kind.codes.notFound, `There is no ${kind.noun} ${id}.`);
}
