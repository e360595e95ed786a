import type { Reader } from "../kit/endpoint.js";
import { Refusal } from "../kit/refusal.js";
import type { Labels } from "./tables.js";

/** Labels that a document must have, each with this value. */
export type LabelSelector = ReadonlyMap<string, string>;

/** Reads `name:value[,name:value...]`; of several with one name the last counts. Absent or empty: any labels, or none. */
export const optionalSelector: Reader<LabelSelector> = Object.assign(readSelector, {
  refuses: "InvalidParameter",
} as const);

function readSelector(value: string | undefined, parameter: string): LabelSelector {
  const wanted = new Map<string, string>();
  if (value === undefined || value === "") return wanted;
  for (const part of value.split(",")) {
    const [name = "", label = "", ...more] = part.split(":").map((text) => text.trim());
    if (name === "" || label === "" || more.length > 0) {
      throw new Refusal(
        "InvalidParameter",
        `The query parameter "${parameter}" must be a list of name:value, separated by commas.`,
      );
    }
    wanted.set(name, label);
  }
  return wanted;
}

/** As a query has it; empty if nothing is selected. */
export const selectorText = (selector: LabelSelector): string =>
  [...selector].map((label) => label.join(":")).join(",");

export const matches = (labels: Labels | null | undefined, selector: LabelSelector): boolean =>
  [...selector].every(([name, value]) => labels && Object.hasOwn(labels, name) && labels[name] === value);
