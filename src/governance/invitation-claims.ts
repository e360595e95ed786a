import type { InvitationClaims } from "./tables.js";

/** Claims as proposals write them: a single value stands for a list of one. */
type WrittenClaims = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The claims of an invitation after a change: values are added to those that a claim accepts, or taken away from them; a
 * claim that accepts nothing any more is gone.
 *
 * @throws an error for a change that changes nothing, and for removing what is not there
 */
export function amendClaims(
  claims: InvitationClaims,
  type: "add" | "remove",
  change: WrittenClaims,
): InvitationClaims {
  const after: Record<string, readonly string[]> = { ...claims };
  const names = Object.keys(change);
  if (names.length === 0) throw new Error(`"claims" must name a claim`);
  for (const name of names) {
    const values = [change[name] ?? []].flat();
    const present = after[name] ?? [];
    if (type === "add") after[name] = [...new Set([...present, ...values])];
    else {
      const missing = values.find((value) => !present.includes(value));
      if (missing !== undefined)
        throw new Error(`the invitation does not accept ${JSON.stringify(missing)} for the claim "${name}"`);
      after[name] = present.filter((value) => !values.includes(value));
    }
  }
  return Object.fromEntries(Object.entries(after).filter(([, values]) => values.length > 0));
}
