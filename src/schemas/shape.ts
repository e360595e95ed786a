import { Ajv, type ErrorObject } from "ajv";
import type { FromSchema, JSONSchema } from "json-schema-to-ts";

/** What a validator found wrong with a value; the part of ajv's error object that we report. */
export type Problem = Pick<
  ErrorObject<string, Record<string, unknown>>,
  "instancePath" | "keyword" | "message" | "params"
>;

/** A validator as ajv makes it: answers, and leaves what it found in `errors`. */
export interface Validator {
  (value: unknown): boolean;
  errors?: Problem[] | null;
}

/**
 * A JSON shape of the API: its JSON Schema, its validator and, by inference, its static type.
 * `T` exists at compile time only.
 */
export interface Shape<T = unknown> {
  readonly name: string;
  /** Absent inside the engine, where only the compiled validator is needed. */
  readonly schema?: JSONSchema;
  readonly validate: Validator;
  readonly type?: T;
}

/** The static type of the values a shape accepts. */
export type Of<S extends Shape> = NonNullable<S["type"]>;

/** How every schema is compiled, here and when the build compiles them to plain code for the engine. */
export const ajvOptions = {
  allErrors: false,
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
} as const;

let ajv: Ajv | undefined;

/**
 * Declares a JSON shape once; type, validator and OpenAPI are derived from it.
 *
 * Under Node the validator is compiled on first use. Inside the engine no code may be generated, so the build replaces
 * every module of this folder by one in which the validators are compiled already (`scripts/build/compiled-shapes.ts`);
 * such a module may therefore export only shapes and JSON values.
 */
export function shape<const S extends JSONSchema>(name: string, schema: S): Shape<FromSchema<S>> {
  let compiled: Validator | undefined;
  const validate: Validator = (value) => {
    compiled ??= (ajv ??= new Ajv(ajvOptions)).compile(schema as object) as Validator;
    const valid = compiled(value);
    validate.errors = compiled.errors ?? null;
    return valid;
  };
  return { name, schema, validate };
}
