import type { Reader } from "./endpoint.js";
import { Refusal } from "./refusal.js";

/** A parameter that may be absent. */
export const optional =
  <T>(reader: (value: string, name: string) => T): Reader<T | undefined> =>
  (value, name) =>
    value === undefined ? undefined : reader(value, name);

/** Decimal digits between two bounds, both included. */
export const integer =
  (least: number, most: number = Number.MAX_SAFE_INTEGER) =>
  (value: string, name: string): number => {
    const number = /^[0-9]{1,16}$/.test(value) ? Number(value) : NaN;
    if (number >= least && number <= most) return number;
    throw new Refusal(
      "InvalidParameter",
      `The query parameter "${name}" must be a whole number of at least ${least}` +
        (most === Number.MAX_SAFE_INTEGER ? "." : ` and at most ${most}.`),
    );
  };

/** One of some words, exactly as written; absent or empty when none is meant. */
export const optionalWord =
  <const T extends string>(...words: readonly T[]): Reader<T | undefined> =>
  (value, name) => {
    if (value === undefined || value === "") return undefined;
    const word = words.find((candidate) => candidate === value);
    if (word !== undefined) return word;
    throw new Refusal(
      "InvalidParameter",
      `The query parameter "${name}" must be one of: ${words.join(", ")}.`,
    );
  };
