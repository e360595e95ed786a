import { parseJson } from "../src/kit/json.js";
import { proposal } from "../src/schemas/actions/proposal.js";
import type { Problem, Shape } from "../src/schemas/shape.js";

export interface ProposedAction {
  readonly name: string;
  /** As proposed, without what is `null`: tools of CCF send that for what is absent. */
  readonly args: Readonly<Record<string, unknown>>;
}

/** Reads the text of a proposal. @throws an error that says what is wrong with it */
export function readProposal(text: string): ProposedAction[] {
  let json: unknown;
  try {
    json = parseJson(text);
  } catch {
    throw new SyntaxError("the proposal is not JSON, or is nested too deeply");
  }
  return checked(proposal, json, "the proposal").actions.map(({ name, args }) => ({
    name,
    args: withoutNulls(args),
  }));
}

/** Arguments as shapes expect them. */
export const withoutNulls = (args: object | null | undefined): Record<string, unknown> =>
  Object.fromEntries(Object.entries(args ?? {}).filter(([, value]) => value !== null));

/** The value, once it has been checked against its shape. @throws {TypeError} */
export function checked<T>(shape: Shape<T>, value: unknown, whose: string): T {
  if (shape.validate(value)) return value as T;
  throw new TypeError(explain(whose, shape.validate.errors?.[0]));
}

function explain(whose: string, problem: Problem | undefined): string {
  const place = problem?.instancePath.slice(1).replaceAll("/", ".") ?? "";
  return `${place === "" ? whose : `"${place}"`} ${problem?.message ?? "is not as expected"}`;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
