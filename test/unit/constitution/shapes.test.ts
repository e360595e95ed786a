import assert from "node:assert/strict";
import { Ajv } from "ajv";
import { ACTIONS } from "../../../constitution/actions/index.js";
import { proposal } from "../../../src/schemas/actions/proposal.js";
import { shape } from "../../../src/schemas/actions/interpreted.js";
import { ajvOptions } from "../../../src/schemas/shape.js";

const shapes = [proposal, ...Object.values(ACTIONS).map((row) => row.arguments)];
const KEYWORDS = [
  ...["type", "enum", "const", "not", "anyOf", "properties", "required", "additionalProperties"],
  ...["items", "minItems", "maxItems", "minimum", "maximum", "pattern"],
];

/** Values of every kind, and objects of every property name of the schema with such values. */
function values(schema: unknown, depth = 0): unknown[] {
  const simple: unknown[] = [
    null,
    true,
    "",
    "x",
    "0".repeat(64),
    0,
    1,
    1.5,
    -1,
    300,
    1e300,
    [],
    {},
    ["x"],
    [1],
  ];
  if (typeof schema !== "object" || schema === null || depth > 5) return simple;
  const {
    properties = {},
    required = [],
    items,
    additionalProperties,
    anyOf = [],
    enum: list = [],
  } = schema as {
    properties?: Record<string, unknown>;
    required?: string[];
    items?: unknown;
    additionalProperties?: unknown;
    anyOf?: unknown[];
    enum?: unknown[];
  };
  const good = Object.fromEntries(
    Object.entries(properties).map(([name, part]) => [name, values(part, depth + 1).at(-1)]),
  );
  const objects = Object.entries(properties).flatMap(([name, part]) =>
    values(part, depth + 1).map((value) => ({ ...good, [name]: value })),
  );
  const lacking = required.map((name) => ({ ...good, [name]: undefined }));
  const others = additionalProperties
    ? values(additionalProperties, depth + 1).map((value) => ({ other: value }))
    : [];
  const lists = items ? values(items, depth + 1).map((value) => [value]) : [];
  const choices = anyOf.flatMap((choice) => values(choice, depth + 1));
  const own = isTyped(schema, "object") ? [good] : lists.slice(-1);
  return [
    ...simple,
    ...objects,
    ...lacking,
    ...others,
    ...lists,
    ...choices,
    ...list,
    { ...good, other: 1 },
    ...own,
  ].map((value) => (value === undefined ? null : (JSON.parse(JSON.stringify(value)) as unknown)));
}

const isTyped = (schema: object, type: string): boolean => "type" in schema && schema.type === type;

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
      for (const value of values(schema))
        assert.equal(
          validate(value),
          judge(value),
          `${JSON.stringify(value)}: ${JSON.stringify(judge.errors)}`,
        );
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
