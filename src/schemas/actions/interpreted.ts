/**
 * Shapes that are checked by reading their schema. Compiled to code the shapes of all actions take 130 KB, read they take a
 * tenth; and a node evaluates the whole constitution at every proposal and every ballot, but checks few arguments.
 *
 * The part of JSON Schema that is understood: type, enum, const, not, anyOf, properties, required, additionalProperties,
 * items, minItems, maxItems, minimum, maximum, pattern.
 */
import type { FromSchema, JSONSchema } from "json-schema-to-ts";
import type { Problem, Shape, Validator } from "../shape.js";

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly not?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
}

/** Declares a JSON shape like `shape()` of `../shape.ts`, and checks it the same way everywhere. */
export function shape<const S extends JSONSchema>(name: string, schema: S): Shape<FromSchema<S>> {
  const validate: Validator = (value) => {
    const problem = findProblem(value, schema as Schema, "");
    validate.errors = problem === undefined ? null : [problem];
    return problem === undefined;
  };
  return { name, schema, validate };
}

/** The first way in which a value differs from its schema. */
function findProblem(value: unknown, schema: Schema, at: string): Problem | undefined {
  const wrong = (keyword: keyof Schema, message: string): Problem => ({
    instancePath: at,
    keyword,
    message,
    params: {},
  });

  if (schema.type !== undefined) {
    const types = typeof schema.type === "string" ? [schema.type] : schema.type;
    if (!types.some((type) => isOfType(value, type))) return wrong("type", `must be ${types.join(" or ")}`);
  }
  if (schema.enum !== undefined && !schema.enum.includes(value))
    return wrong("enum", `must be one of: ${schema.enum.join(", ")}`);
  if ("const" in schema && value !== schema.const)
    return wrong("const", `must be ${JSON.stringify(schema.const)}`);
  if (schema.not !== undefined && findProblem(value, schema.not, at) === undefined)
    return wrong("not", `must not be ${JSON.stringify(value)}`);
  if (schema.anyOf !== undefined) {
    const problems = schema.anyOf.map((choice) => findProblem(value, choice, at));
    if (!problems.includes(undefined))
      return wrong("anyOf", problems.map((problem) => problem?.message).join(", or "));
  }

  if (
    typeof value === "string" &&
    schema.pattern !== undefined &&
    !new RegExp(schema.pattern, "u").test(value)
  )
    return wrong("pattern", value === "" ? "must not be empty" : `must match ${schema.pattern}`);
  if (typeof value === "number") {
    if (value < (schema.minimum ?? value))
      return wrong("minimum", `must be at least ${schema.minimum ?? ""}`);
    if (value > (schema.maximum ?? value)) return wrong("maximum", `must be at most ${schema.maximum ?? ""}`);
  }
  if (Array.isArray(value)) return findInList(value, schema, at, wrong);
  if (isObject(value)) return findInObject(value, schema, at, wrong);
  return undefined;
}

type Wrong = (keyword: keyof Schema, message: string) => Problem;

function findInList(
  list: readonly unknown[],
  { items, minItems = 0, maxItems = Infinity }: Schema,
  at: string,
  wrong: Wrong,
): Problem | undefined {
  if (list.length < minItems) return wrong("minItems", `must have at least ${minItems} items`);
  if (list.length > maxItems) return wrong("maxItems", `must have at most ${maxItems} items`);
  if (items === undefined) return undefined;
  for (const [index, item] of list.entries()) {
    const problem = findProblem(item, items, `${at}/${index}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function findInObject(
  object: Readonly<Record<string, unknown>>,
  { properties = {}, required = [], additionalProperties = true }: Schema,
  at: string,
  wrong: Wrong,
): Problem | undefined {
  for (const name of required)
    if (!Object.hasOwn(object, name)) return wrong("required", `must have "${name}"`);
  for (const [name, value] of Object.entries(object)) {
    const schema = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (schema === false) return wrong("additionalProperties", `must not have "${name}", which nobody reads`);
    const problem = typeof schema === "object" ? findProblem(value, schema, `${at}/${name}`) : undefined;
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case "object":
      return isObject(value);
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    case "number": // JSON reads some, such as 1e400, that it does not write
      return Number.isFinite(value);
    case "null":
      return value === null;
    default:
      return typeof value === type;
  }
}
