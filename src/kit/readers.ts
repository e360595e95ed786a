import type { Reader } from "./endpoint.js";
import { Refusal } from "./refusal.js";
import type { RefusalCode } from "./refusals.js";

/** A parameter that may be absent. */
export const optional = <T>(reader: Reader<T>): Reader<T | undefined> =>
  Object.assign(
    (value: string | undefined, name: string) => (value === undefined ? undefined : reader(value, name)),
    reader.schema === undefined ? {} : { schema: reader.schema },
    reader.refuses === undefined ? {} : { refuses: reader.refuses },
  );

/** Any text, if there is one; what it may be is up to whoever uses it. */
export const anyText: Reader<string | undefined> = (value) => value;

/** Decimal digits between two bounds, both included. */
export const integer = (least: number, most: number = Number.MAX_SAFE_INTEGER): Reader<number> =>
  Object.assign(
    (value: string | undefined, name: string): number => {
      const number = value !== undefined && /^[0-9]{1,16}$/.test(value) ? Number(value) : NaN;
      if (number >= least && number <= most) return number;
      throw new Refusal(
        "InvalidParameter",
        `The query parameter "${name}" must be a whole number of at least ${least}` +
          (most === Number.MAX_SAFE_INTEGER ? "." : ` and at most ${most}.`),
      );
    },
    { schema: { type: "integer", minimum: least, maximum: most }, refuses: "InvalidParameter" } as const,
  );

/**
 * One of some words, exactly as written, where clients know a code for anything else.
 *
 * @param whose for the message: `A contract has the options`
 */
export function word<const T extends string>(
  code: RefusalCode,
  whose: string,
  words: readonly T[],
): Reader<T> {
  const read = (value: string | undefined): T => {
    const found = words.find((candidate) => candidate === value);
    if (found !== undefined) return found;
    throw new Refusal(code, `${whose}: ${words.join(", ")}.`);
  };
  return Object.assign(read, { schema: { enum: words } } as const);
}

/** One of some words, exactly as written; absent or empty when none is meant. */
export const optionalWord = <const T extends string>(...words: readonly T[]): Reader<T | undefined> =>
  Object.assign(
    (value: string | undefined, name: string): T | undefined => {
      if (value === undefined || value === "") return undefined;
      const word = words.find((candidate) => candidate === value);
      if (word !== undefined) return word;
      throw new Refusal(
        "InvalidParameter",
        `The query parameter "${name}" must be one of: ${words.join(", ")}.`,
      );
    },
    { schema: { enum: words }, refuses: "InvalidParameter" } as const,
  );
