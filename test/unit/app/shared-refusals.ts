import type { RefusalCode } from "../../../src/kit/refusals.js";

/** What `every-endpoint.test.ts` proves of every endpoint that says it of itself. */
export const sharedRefusals: readonly RefusalCode[] = [
  "UnknownAuthenticationPolicy",
  "CallerNotAuthorized",
  "CallerTenantNotAuthorized",
  "CallerIssuerNotAuthorized",
  "TokenAudienceMismatch",
  "MemberNotActive",
  "ViewNotKnown",
];
