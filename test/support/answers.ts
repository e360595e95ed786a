import assert from "node:assert/strict";
import { Ajv, type ValidateFunction } from "ajv";
import { refusalsOf, statusOf } from "../../scripts/build/terms.js";
import type { Endpoint } from "../../src/kit/endpoint.js";
import type { RefusalCode } from "../../src/kit/refusals.js";
import { ajvOptions, type Shape } from "../../src/schemas/shape.js";

const ajv = new Ajv(ajvOptions);
const validators = new Map<Shape, ValidateFunction>();

/** Whether an endpoint answers as its terms say, so that the API's description is true: no more, no less, nothing else. */
export function assertAsDescribed({ terms }: Endpoint, status: number, body: unknown): void {
  if (status === 202 && terms.later) {
    assert.equal(body, undefined, "an answer that is yet to come has no body");
    return;
  }
  if (status < 300) {
    assert.equal(status, terms.status ?? 200, "the status of a success is another than the terms say");
    if (terms.answer === undefined) assert.equal(body, undefined, "the terms say nothing of this answer");
    else assertExactly(terms.answer, body);
    return;
  }
  if (status === 500) return; // a defect, or a test of what happens with one
  const { code } = (body as { error: { code: RefusalCode } }).error;
  assert.ok(refusalsOf(terms).includes(code), `the terms do not say that the endpoint refuses with ${code}`);
  assert.equal(status, statusOf(terms, code), `the status of ${code} is another than the terms say`);
}

/** Clients must bear fields that they do not know; descriptions must name all of them. */
function assertExactly(shape: Shape, value: unknown): void {
  let validate = validators.get(shape);
  if (validate === undefined) validators.set(shape, (validate = ajv.compile(closed(shape.schema) as object)));
  assert.ok(validate(value), `${shape.name}: ${JSON.stringify(validate.errors)} in ${JSON.stringify(value)}`);
}

/** The schema, with no fields but those that it names. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== "object" || schema === null) return schema;
  const parts = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, closed(part)]));
  const open = "properties" in parts && !("additionalProperties" in parts) && parts.type === "object";
  return open ? { ...parts, additionalProperties: false } : parts;
}
