import { activeMember, knownCaller, tokenHolder, tokenRefusals } from "../../src/governance/callers.js";
import type { AnyTerms } from "../../src/kit/endpoint.js";
import { type RefusalCode, STATUS } from "../../src/kit/refusals.js";
import { boundRequest } from "../../src/schemas/requests.js";

/** Every code with which an endpoint refuses: those that it names, and those that follow from what it reads. */
export function refusalsOf({
  caller,
  path = {},
  query = {},
  body,
  bodies,
  codes,
  refusals = [],
}: AnyTerms): RefusalCode[] {
  const all: RefusalCode[] = [...refusals, ...Object.values(codes ?? {})];
  if (caller !== undefined) all.push(...tokenRefusals);
  if (caller !== undefined && caller !== knownCaller) all.push("UnknownAuthenticationPolicy");
  if (caller !== undefined && caller !== tokenHolder)
    all.push("CallerNotAuthorized", "CallerTenantNotAuthorized");
  if (caller === activeMember) all.push("MemberNotActive");
  for (const { refuses } of [...Object.values(path), ...Object.values(query)])
    if (refuses !== undefined) all.push(refuses);
  if (body !== undefined || bodies?.includes(boundRequest) === false) all.push("InvalidJson", "InvalidBody");
  return [...new Set(all)].sort();
}

/** The status with which an endpoint refuses with a code. */
export const statusOf = ({ statuses = {} }: AnyTerms, code: RefusalCode): number =>
  statuses[code] ?? STATUS[code];
