import { activeMember, anyCaller, requireActive } from "../governance/callers.js";
import { issuerInfo, setIssuerUrl } from "../governance/issuer-urls.js";
import { discoveryDocument, tokenKeys, tokenKeySet } from "../governance/oidc.js";
import { generateKey } from "../governance/signing-keys.js";
import { endpoint } from "../kit/endpoint.js";
import * as answers from "../schemas/answers/oidc.js";
import { keyRequest } from "../schemas/answers/signing.js";
import { issuerUrl } from "../schemas/requests.js";

/** For whoever verifies tokens. */
export const getDiscovery = endpoint({ answer: answers.discovery }, () => discoveryDocument());

/** For whoever verifies tokens. */
export const getKeys = endpoint({ answer: answers.keySet, refusals: ["SigningKeyNotAvailable"] }, () =>
  tokenKeySet(),
);

/** Makes the key that the members voted for; again, as often as one likes, says which one that is. */
export const generateTokenKey = endpoint(
  { caller: activeMember, answer: keyRequest, refusals: ["OidcIssuerNotEnabled"] },
  () => generateKey(tokenKeys),
);

/** Says where the caller's tenant publishes the keys of the service: the issuer of its tokens from now on. */
export const putIssuerUrl = endpoint(
  {
    caller: anyCaller,
    body: issuerUrl,
    codes: { url: "InvalidUrl" },
    refusals: ["NoTenantId", "MemberNotActive"],
  },
  ({ caller, body }) => {
    setIssuerUrl(requireActive(caller), body.url);
  },
);

export const getIssuerInfo = endpoint({ caller: anyCaller, answer: answers.issuerInfo }, ({ caller }) =>
  issuerInfo(caller),
);
