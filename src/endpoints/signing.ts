import { activeMember, anyCaller } from "../governance/callers.js";
import { generateSigningKey, signingInfo } from "../governance/signing.js";
import { endpoint } from "../kit/endpoint.js";
import * as answers from "../schemas/answers/signing.js";

/** Makes the key that the members voted for; again, as often as one likes, says which one that is. */
export const generatePayloadKey = endpoint(
  { caller: activeMember, answer: answers.keyRequest, refusals: ["SigningNotEnabled"] },
  () => generateSigningKey(),
);

/** How to verify what the service signed for attested code. */
export const getSigningInfo = endpoint({ caller: anyCaller, answer: answers.signingInfo }, () =>
  signingInfo(),
);
