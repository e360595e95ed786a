import type { Reader } from "../kit/endpoint.js";
import { Refusal } from "../kit/refusal.js";

/**
 * What names are made of: letters, digits and `. _ ~ : @ -`. Nothing that a URL would encode (CCF does not decode paths),
 * and no `/`, which joins the parts of composite keys.
 */
const ID = /^[A-Za-z0-9._~:@-]+$/;

/** Length of an id. */
const LONGEST = 128;
/** Length of an id that is made of a caller's id and a name. */
const LONGEST_OWNED = 2 * LONGEST + 1;

/** For messages. */
export const ID_RULE = `1 to ${LONGEST} letters, digits and . _ ~ : @ -`;

export function isId(value: string, longest: number = LONGEST): boolean {
  return value.length <= longest && ID.test(value);
}

/**
 * Whether an id has the form of those of members and of users by certificate, 64 hex digits. Callers are told apart by their
 * ids, whatever proves them, so nobody else may be known by such an id.
 */
export const isCertificateId = (value: string): boolean => /^[0-9a-f]{64}$/.test(value);

const schemaOf = (longest: number) => ({ type: "string", pattern: ID.source, maxLength: longest }) as const;

const reader = (longest: number): Reader<string> =>
  Object.assign(
    (value: string | undefined, name: string): string => {
      if (value !== undefined && isId(value, longest)) return value;
      throw new Refusal(
        "InvalidPath",
        `"${name}" must have 1 to ${longest} characters, each a letter, a digit or one of . _ ~ : @ -`,
      );
    },
    { schema: schemaOf(longest), refuses: "InvalidPath" } as const,
  );

// pure: the constitution, which reads no paths, is smaller without

/** Reads an id from a path. */
export const id = /* @__PURE__ */ reader(LONGEST);

/** Reads the id of a secret, `<caller>_<name>`, from a path. */
export const ownedId = /* @__PURE__ */ reader(LONGEST_OWNED);

/** Reads an id from a query; it may be absent, and empty, which is a name of its own. */
export const optionalId: Reader<string | undefined> = /* @__PURE__ */ Object.assign(
  (value: string | undefined, name: string): string | undefined => {
    if (value === undefined || value === "" || isId(value)) return value;
    throw new Refusal(
      "InvalidQuery",
      `"${name}" must have at most ${LONGEST} characters, each a letter, a digit or one of . _ ~ : @ -`,
    );
  },
  {
    schema: { type: "string", pattern: `${ID.source}|^$`, maxLength: LONGEST },
    refuses: "InvalidQuery",
  } as const,
);
