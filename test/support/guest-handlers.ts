/** Endpoints that are bundled for the engine, so that tests see there what they see under Node. */
import type { Request, Response } from "@microsoft/ccf-app";
import { decodeCbor } from "../../src/kit/cbor.js";
import { Refusal } from "../../src/kit/refusal.js";
import { readBoundRequest, requireBoundSignature, requireFirstUse } from "../../src/policy/bound-request.js";

/** Decodes many items: the body is a JSON array of hex texts. */
export function decode(request: Request): Response {
  const items = request.body.json() as string[];
  return { body: items.map((hex) => outcome(() => describe(decodeCbor(bytesOf(hex))))) };
}

/** Accepts a bound request as an endpoint does; which key must have signed it stands in a header. */
export function accept(request: Request): Response {
  const answer = outcome(() => {
    const bound = readBoundRequest(request);
    requireBoundSignature(bound, JSON.parse(request.headers.key ?? "") as string);
    requireFirstUse(bound);
    return describe(bound.content);
  });
  return { body: answer };
}

function outcome(run: () => unknown): object {
  try {
    return { value: run() };
  } catch (error) {
    if (!(error instanceof Error)) return { error: "nothing that is an Error" };
    return { error: error instanceof Refusal ? error.code : error.message };
  }
}

/** A value as JSON that tells all values apart. */
export function describe(value: unknown): unknown {
  // not in digits: engines write the same number differently
  if (typeof value === "number") return { number: Array.from(new Uint8Array(Float64Array.of(value).buffer)) };
  if (value instanceof ArrayBuffer) return { bytes: Array.from(new Uint8Array(value)) };
  if (value instanceof Map) return { map: Array.from(value.entries(), describe) };
  if (Array.isArray(value)) return value.map(describe);
  if (typeof value === "string") return `text ${JSON.stringify(value)}`;
  if (typeof value === "object" && value !== null) return Object.entries(value).map(describe);
  return value ?? null;
}

function bytesOf(hex: string): ArrayBuffer {
  const bytes = new Uint8Array(hex.length / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = parseInt(hex.slice(2 * at, 2 * at + 2), 16);
  return bytes.buffer;
}
