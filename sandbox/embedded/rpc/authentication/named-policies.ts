import { isObject } from "../gov/json-text.js";
import { sortedJson } from "../sorted-json.js";
import { allOf } from "./all-of.js";
import { anyCert } from "./any-cert.js";
import { jwt } from "./jwt.js";
import { memberCert } from "./member-cert.js";
import { noAuth } from "./no-auth.js";
import type { AuthenticationPolicy } from "./policy.js";
import { userCert } from "./user-cert.js";
import { userCoseSign1 } from "./user-cose-sign1.js";

/** What applications can ask for in `authn_policies`. */
const policies = new Map(
  [userCert, memberCert, anyCert, jwt, userCoseSign1, noAuth].map((policy) => [policy.name, policy]),
);

/** Reads one entry of `authn_policies`: a name, or `{ "all_of": [names] }`. @throws {Error} if it is neither */
export function policyFrom(description: unknown): AuthenticationPolicy {
  if (typeof description === "string") return policyNamed(description);
  const names: unknown = isObject(description) ? description.all_of : undefined;
  if (isNonEmptyTextList(names)) return allOf(names.map(policyNamed));
  throw new Error(
    'Unsupported auth policy. Policies must be either a string, or an object containing an "all_of" key with ' +
      `list-of-strings value. Unsupported value: ${sortedJson(description)}`,
  );
}

function policyNamed(name: string): AuthenticationPolicy {
  const policy = policies.get(name);
  if (!policy) throw new Error(`Unknown auth policy: ${name}`);
  return policy;
}

function isNonEmptyTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string");
}
