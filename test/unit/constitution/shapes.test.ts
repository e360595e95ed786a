import assert from "node:assert/strict";
import { Ajv } from "ajv";
import { ACTIONS } from "../../../constitution/actions/index.js";
import { proposal } from "../../../src/schemas/actions/proposal.js";
import { shape } from "../../../src/schemas/actions/interpreted.js";
import { ajvOptions } from "../../../src/schemas/shape.js";

const shapes = [...new Set([proposal, ...Object.values(ACTIONS).map((row) => row.arguments)])];
const KEYWORDS = [
  ...["type", "enum", "const", "not", "anyOf", "properties", "required", "additionalProperties"],
  ...["items", "minItems", "maxItems", "minimum", "maximum", "pattern"],
];

interface Parts {
  readonly properties?: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
  readonly items?: object;
  readonly additionalProperties?: boolean | object;
  readonly anyOf?: readonly object[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

/** What some of the shapes' patterns accept, besides `x`. */
const TEXTS = [
  "",
  "0".repeat(8),
  "0".repeat(16),
  "0".repeat(64),
  "0".repeat(96),
  "1",
  "did:x509:0",
  "20261123120000Z",
  "2.1",
];
const SIMPLE = [null, true, 0, 1, 1.5, -1, 300, 1e300, Infinity, "x", ...TEXTS, [], {}, ["x"], [1]];

const ajv = new Ajv({ ...ajvOptions, strict: false });
const accepts = (schema: object, value: unknown): boolean => ajv.compile(schema)(value);

/** Schemas are constants, and parts of many. */
function once<T>(work: (schema: object) => T): (schema: object) => T {
  const known = new WeakMap<object, T>();
  return (schema) => {
    const result = known.get(schema) ?? work(schema);
    known.set(schema, result);
    return result;
  };
}

/** Values of every kind; those for objects and lists are right but for one part, which is of every kind in turn. */
const values = once((schema: object): unknown[] => {
  const {
    properties = {},
    required = [],
    items,
    additionalProperties,
    anyOf = [],
    enum: list = [],
  } = schema as Parts;
  const right = rightObject(schema);
  return [
    ...SIMPLE,
    ...list,
    ...("const" in schema ? [schema.const] : []),
    ...anyOf.flatMap(values),
    right,
    { ...right, other: 1 },
    ...required.map((name) => without(right, name)),
    ...Object.entries(properties).flatMap(([name, part]) =>
      values(part).map((value) => ({ ...right, [name]: value })),
    ),
    ...(typeof additionalProperties === "object"
      ? values(additionalProperties).map((value) => ({ ...right, other: value }))
      : []),
    ...(items
      ? [...values(items).map((value) => [value]), Array.from({ length: 300 }, () => rightOf(items))]
      : []),
  ];
});

const rightObject = (schema: Parts): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, part]) => [name, rightOf(part)] as const),
  );

const rightOf = once((schema: object): unknown => values(schema).find((value) => accepts(schema, value)));

const without = (object: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));

describe("the shapes of actions", () => {
  it("use no keyword that is not understood", () => {
    const walk = (schema: unknown, at: string): void => {
      if (typeof schema !== "object" || schema === null) return;
      for (const [keyword, value] of Object.entries(schema)) {
        assert.ok(KEYWORDS.includes(keyword), `${at}: ${keyword}`);
        if (keyword === "properties")
          for (const [name, part] of Object.entries(value as object)) walk(part, `${at}.${name}`);
        if (keyword === "anyOf") for (const part of value as unknown[]) walk(part, at);
        if (["items", "additionalProperties", "not"].includes(keyword)) walk(value, at);
      }
    };
    for (const { name, schema } of shapes) walk(schema, name);
  });

  for (const { name, schema, validate } of shapes)
    it(`${name} accepts what JSON Schema accepts, and nothing else`, () => {
      const judge = new Ajv(ajvOptions).compile(schema as object);
      const verdicts = values(schema as object).map((value) => {
        assert.equal(
          validate(value),
          judge(value),
          `${JSON.stringify(value)}: ${JSON.stringify(judge.errors)}`,
        );
        return validate(value);
      });
      assert.deepEqual([...new Set(verdicts)].sort(), [false, true]);
    });

  it("say where a value is wrong, and how", () => {
    const { validate } = shape("example", {
      type: "object",
      properties: { list: { type: "array", items: { type: "integer" } } },
    });
    assert.equal(validate({ list: [1, "two"] }), false);
    assert.deepEqual(validate.errors, [
      { instancePath: "/list/1", keyword: "type", message: "must be integer", params: {} },
    ]);
    assert.equal(validate({ list: [] }), true);
    assert.equal(validate.errors, null);
  });
});
