import { Refusal } from "../../kit/refusal.js";

/** Attributes that a subject may have, by OpenSSL's short names. */
export const OIDS = {
  CN: "2.5.4.3",
  O: "2.5.4.10",
  OU: "2.5.4.11",
  C: "2.5.4.6",
  L: "2.5.4.7",
  ST: "2.5.4.8",
  serialNumber: "2.5.4.5",
} as const;
type AttributeType = keyof typeof OIDS;

/** Characters at most (RFC 5280, appendix A.1). */
const LONGEST: Readonly<Record<AttributeType, number>> = {
  CN: 64,
  O: 64,
  OU: 64,
  C: 2,
  L: 128,
  ST: 128,
  serialNumber: 64,
};

/** One attribute of a distinguished name. */
export interface Attribute {
  readonly type: AttributeType;
  readonly value: string;
}

/** A distinguished name, one attribute after the other. */
export type Name = readonly Attribute[];

/** Other than spaces what nobody sees, and what changes how the rest is seen. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/u;
/** RFC 5280, appendix A.1: what a PrintableString may hold. */
const PRINTABLE = /^[A-Za-z0-9 '()+,./:=?-]+$/;

/**
 * Reads a name as clients write it: `CN=ccr-proxy,O=Contoso`. There is no way to write `,` or `=` in a value.
 *
 * @throws {Refusal} `InvalidSubjectName`
 */
export function readSubjectName(content: string): Name {
  return toName(
    content.split(",").map((part) => {
      const [type = "", value, ...more] = part.split("=");
      if (value === undefined || more.length > 0)
        throw invalid('must be a list like "CN=name,O=organisation", with one "=" in each part');
      return { type: type.trim(), value: value.trim() };
    }),
  );
}

/** Makes a name of attributes, whoever wrote them. @throws {Refusal} `InvalidSubjectName` */
export function toName(attributes: readonly { readonly type: string; readonly value: string }[]): Name {
  if (attributes.length === 0) throw invalid("must have at least one attribute");
  const types = new Set<string>();
  return attributes.map(({ type, value }) => {
    if (!isAttributeType(type)) throw invalid(`may have the attributes ${Object.keys(OIDS).join(", ")}`);
    if (types.has(type)) throw invalid(`has ${type} twice`);
    types.add(type);
    requireValue(type, value);
    return { type, value };
  });
}

const isAttributeType = (type: string): type is AttributeType => Object.hasOwn(OIDS, type);

function requireValue(type: AttributeType, value: string): void {
  if (value === "" || value.length > LONGEST[type])
    throw invalid(`must have 1 to ${LONGEST[type]} characters in ${type}`);
  if (INVISIBLE.test(value)) throw invalid(`must have no control or invisible characters in ${type}`);
  if (type === "C" && !/^[A-Za-z]{2}$/.test(value)) throw invalid("must have a country of two letters in C");
  if (isPrintable(type) && !PRINTABLE.test(value))
    throw invalid(`must have only letters, digits, spaces and ' ( ) + , - . / : = ? in ${type}`);
}

/** Whether values of the attribute are PrintableStrings, which other than UTF8Strings are plain ASCII. */
export const isPrintable = (type: AttributeType): boolean => type === "C" || type === "serialNumber";

/**
 * The name in one line: `CN=ccr-proxy, O=Contoso`. What parts it is escaped in values (RFC 4514 §2.4), which requests signed with a
 * key (PKCS #10) can have there: nobody shall read attributes in a record that are none.
 */
export const nameText = (name: Name): string =>
  name.map(({ type, value }) => `${type}=${value.replace(/["+,;<>\\]/g, "\\$&")}`).join(", ");

function invalid(what: string): Refusal {
  return new Refusal("InvalidSubjectName", `The subject's name ${what}.`);
}
