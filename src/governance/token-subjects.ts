import { Refusal } from "../kit/refusal.js";
import { contractExists } from "./contracts.js";
import { isId } from "./ids.js";
import { registeredSubjects, tokenSubjects } from "./tables.js";

/** What a token may hold as text, its subject above all: what those who read tokens can be expected to take. */
export const isTokenText = (value: string): boolean => /^[!-~]{1,600}$/.test(value);
export const TOKEN_TEXT_RULE = "1 to 600 visible ASCII characters";

/**
 * The contract to which a subject belongs by its name: the subject is the contract's id, or begins with it and `-` or `/`. Ids may
 * have `-` in them, so several contracts could say that of one subject; then it belongs to the one with the longest id.
 */
function contractNamedIn(subject: string): string | undefined {
  const ends = [...subject.matchAll(/[-/]|$/g)].map(({ index }) => index).reverse();
  return ends.map((end) => subject.slice(0, end)).find((name) => isId(name) && contractExists(name));
}

/** A clean room registers a subject by delegating for this purpose, with the subject as the id. */
export const SUBJECTS = "oauth-federation-subjects";

/** Remembers whose clean rooms were the first to register a subject: those of other contracts cannot get hold of it. */
export function registerSubject(contractId: string, subject: string): void {
  const registered = registeredSubjects();
  if (!registered.has(subject)) registered.set(subject, contractId);
}

/**
 * Code of a contract may claim a subject that is the contract's by name or by vote; and one that its clean rooms have registered
 * (by setting a policy for those who may claim it) before those of any other contract, if it is nobody else's.
 *
 * @param registered whether they have it registered still
 * @throws {Refusal} `SubjectNotGranted`
 */
export function requireSubject(contractId: string, subject: string, registered: () => boolean): void {
  const granted = tokenSubjects().get(subject);
  if (granted?.includes(contractId)) return;
  const owner = contractNamedIn(subject);
  if (owner === contractId) return;
  const first = registeredSubjects().get(subject) === contractId;
  if (owner === undefined && granted === undefined && first && registered()) return;
  throw new Refusal(
    "SubjectNotGranted",
    `The contract ${contractId} may not claim the subject "${subject.slice(0, 200)}". Use one that is the contract's id, or begins ` +
      `with it and "-" or "/", or have the members grant it.`,
  );
}
