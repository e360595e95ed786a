import { id } from "../governance/ids.js";
import { requireSubject, SUBJECTS } from "../governance/token-subjects.js";
import { makeToken, readTokenRequest } from "../governance/issued-tokens.js";
import { endpoint } from "../kit/endpoint.js";
import { anyText } from "../kit/readers.js";
import { delegatedPolicy } from "../policy/delegates.js";
import { release, releaseCall, releaseRefusals } from "../policy/release.js";
import { released } from "../schemas/answers/releases.js";
import { attestedRequest } from "../schemas/requests.js";

/** Checked once the evidence is known to be there, since existing clients know the errors in that order. */
const parameter = anyText;

/** A token about attested code: who trusts the service's keys learns from it under which contract the code acts. */
export const postToken = endpoint(
  {
    path: { contractId: id },
    query: {
      exp: parameter,
      iat: parameter,
      jti: parameter,
      sub: parameter,
      tid: parameter,
      aud: parameter,
      nbf: parameter,
      iss: parameter,
    },
    bodies: [attestedRequest],
    answer: released,
    refusals: [
      ...releaseRefusals,
      "InvalidInput",
      "SubjectNotGranted",
      "SigningKeyNotAvailable",
      "IssuerUrlNotSet",
      "IssuerUrlNotConfigured",
    ],
  },
  ({ path: { contractId }, query, request }) => {
    const call = releaseCall(request);
    const asked = readTokenRequest(query);
    const { sub } = asked;
    const delegate = { type: SUBJECTS, id: sub };
    return release(call, { contractId, delegate }, () => {
      requireSubject(contractId, sub, () => delegatedPolicy(contractId, delegate) !== undefined);
      return { item: { kind: "token", id: sub }, value: makeToken(asked) };
    });
  },
);
