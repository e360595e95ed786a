import assert from "node:assert/strict";

/**
 * What existing clients can rely on in an answer, written down as their authors know it and not as this service describes
 * itself: the names and types of fields. Other fields may be there, since clients ignore them.
 *
 * | form | JSON |
 * | --- | --- |
 * | `"text"`, `"number"`, `"flag"` | string, number, boolean; never `null` |
 * | a pattern | a string that it matches |
 * | `"any"` | any value |
 * | `[form]` | a list |
 * | `{ name: form, "name?": form, "*": form }` | an object; optional fields are left out where they have no value; `*` are all others |
 */
export type Form = "text" | "number" | "flag" | "any" | RegExp | readonly [Form] | Fields;

export interface Fields {
  readonly [name: string]: Form;
}

/** The static type of what has a form. */
export type Formed<F> = F extends "text" | RegExp
  ? string
  : F extends "number"
    ? number
    : F extends "flag"
      ? boolean
      : F extends "any"
        ? unknown
        : F extends readonly [infer Item]
          ? readonly Formed<Item>[]
          : FormedFields<F>;

type FormedFields<F> = {
  readonly [K in keyof F as K extends `${string}?` | "*" ? never : K]: Formed<F[K]>;
} & {
  readonly [K in keyof F as K extends `${infer Name}?` ? Name : never]?: Formed<F[K]>;
} & ("*" extends keyof F ? Readonly<Record<string, Formed<F["*"]>>> : unknown);

/** @param where names the value in failures */
export function assertForm(form: Form, value: unknown, where: string): void {
  const said = `${where}: ${JSON.stringify(value)}`;
  if (form === "any") assert.notEqual(value, undefined, said);
  else if (form === "text") assert.equal(typeof value, "string", said);
  else if (form === "number") assert.equal(typeof value, "number", said);
  else if (form === "flag") assert.equal(typeof value, "boolean", said);
  else if (form instanceof RegExp) assert.match(String(value), form, said);
  else if (isListForm(form)) {
    assert.ok(Array.isArray(value), `${said} is no list`);
    value.forEach((item, index) => assertForm(form[0], item, `${where}[${index}]`));
  } else {
    assert.ok(typeof value === "object" && value !== null && !Array.isArray(value), `${said} is no object`);
    assertFields(form, value, where);
  }
}

const isListForm = (form: readonly [Form] | Fields): form is readonly [Form] => Array.isArray(form);

function assertFields(form: Fields, object: object, where: string): void {
  const values = new Map<string, unknown>(Object.entries(object));
  const take = (name: string) => {
    const value = values.get(name);
    values.delete(name);
    return value;
  };
  for (const [key, field] of Object.entries(form)) {
    if (key === "*") continue;
    const name = key.replace(/\?$/, "");
    if (key === name || values.has(name)) assertForm(field, take(name), `${where}.${name}`);
  }
  if (form["*"] === undefined) return;
  for (const [name, value] of values) assertForm(form["*"], value, `${where}.${name}`);
}
