import { activeMember, tokenHolder, tokenRefusals } from "../../src/governance/callers.js";
import type { AnyTerms } from "../../src/kit/endpoint.js";
import type { RefusalCode } from "../../src/kit/refusals.js";

/** Every code with which an endpoint refuses: those that it names, and those that follow from what it reads. */
export function refusalsOf({
  caller,
  path,
  query,
  body,
  bodies,
  codes,
  refusals = [],
}: AnyTerms): RefusalCode[] {
  const all: RefusalCode[] = [...refusals, ...Object.values(codes ?? {})];
  if (caller !== undefined) all.push("UnknownAuthenticationPolicy", ...tokenRefusals);
  if (caller !== undefined && caller !== tokenHolder)
    all.push("CallerNotAuthorized", "CallerTenantNotAuthorized");
  if (caller === activeMember) all.push("MemberNotActive");
  if (path !== undefined) all.push("InvalidPath");
  if (query !== undefined) all.push("InvalidQuery", "InvalidParameter");
  if (body !== undefined || bodies !== undefined) all.push("InvalidJson", "InvalidBody");
  return [...new Set(all)].sort();
}
