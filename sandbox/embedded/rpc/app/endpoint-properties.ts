import type { EndpointProperties } from "../../js/types.js";
import type { AuthenticationPolicy } from "../authentication/policy.js";
import { policyFrom } from "../authentication/named-policies.js";
import { isObject } from "../gov/json-text.js";
import { sortedJson } from "../sorted-json.js";

/** How the application serves one method of one path. */
export interface AppEndpoint {
  readonly properties: EndpointProperties;
  readonly authentication: readonly AuthenticationPolicy[];
}

/** By name, in CCF's words for each: what a property may be. */
const CHOICES = {
  ForwardingRequired: ["sometimes", "always", "never"],
  Mode: ["readwrite", "readonly", "historical"],
  RedirectionStrategy: ["none", "to_primary", "to_backup"],
} as const;

/**
 * Reads what the members installed for an endpoint. It was not looked at then, so whatever is wrong comes out when the
 * endpoint is called. A single node has nowhere to forward or redirect to; those properties need to be right all the same.
 *
 * @throws {Error} in the words of CCF
 */
export function readEndpointProperties(json: Uint8Array): AppEndpoint {
  const fields: unknown = JSON.parse(Buffer.from(json).toString("utf8"));
  if (!isObject(fields)) throw new Error(`Expected object, found: ${sortedJson(fields)}`);
  const missing = missingProperty(fields);
  if (missing !== undefined) throw new Error(missing);
  choice("ForwardingRequired", fields.forwarding_required);
  const policies: unknown = fields.authn_policies;
  if (!Array.isArray(policies)) throw new Error(`Expected array, found: ${sortedJson(policies)}`);
  const properties = {
    mode: fields.mode === undefined ? "readwrite" : choice("Mode", fields.mode),
    js_module: text(fields.js_module),
    js_function: text(fields.js_function),
    interpreter_reuse: interpreterReuse(fields.interpreter_reuse),
  } as const;
  if (fields.redirection_strategy !== undefined) choice("RedirectionStrategy", fields.redirection_strategy);
  return { properties, authentication: policies.map(policyFrom) };
}

/** @returns what CCF says if one of the properties is missing that every endpoint has to state */
export function missingProperty(properties: Record<string, unknown>): string | undefined {
  const missing = ["forwarding_required", "authn_policies"].find((name) => !Object.hasOwn(properties, name));
  return missing === undefined
    ? undefined
    : `Missing required field '${missing}' in object: ${sortedJson(properties)}`;
}

function choice<Name extends keyof typeof CHOICES>(
  name: Name,
  value: unknown,
): (typeof CHOICES)[Name][number] {
  const choices: readonly (typeof CHOICES)[Name][number][] = CHOICES[name];
  const found = choices.find((candidate) => candidate === value);
  if (found === undefined) throw new Error(`${sortedJson(value)} is not convertible to ${name}`);
  return found;
}

function text(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  const found = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  throw new Error(`[json.exception.type_error.302] type must be string, but is ${found}`);
}

/** Anything but a key shares one interpreter among all that say so; CCF reads it as an empty key. */
function interpreterReuse(value: unknown): { key: string } | undefined {
  if (value === undefined) return undefined;
  return { key: isObject(value) ? text(value.key) : "" };
}
