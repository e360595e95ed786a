import { activeMember, anyCaller } from "../governance/callers.js";
import { id } from "../governance/ids.js";
import { generateSigningKey, readPayload, signingInfo, signPayload } from "../governance/signing.js";
import { hex, toBase64, utf8 } from "../kit/encodings.js";
import { endpoint } from "../kit/endpoint.js";
import { conforms } from "../kit/shapes.js";
import { release, releaseCall, releaseRefusals } from "../policy/release.js";
import { released } from "../schemas/answers/releases.js";
import * as answers from "../schemas/answers/signing.js";
import { attestedRequest, payloadToSign } from "../schemas/requests.js";

/** Makes the key that the members voted for; again, as often as one likes, says which one that is. */
export const generatePayloadKey = endpoint(
  { caller: activeMember, answer: answers.keyRequest, refusals: ["SigningNotEnabled"] },
  () => generateSigningKey(),
);

/** How to verify what the service signed for attested code. */
export const getSigningInfo = endpoint({ caller: anyCaller, answer: answers.signingInfo }, () =>
  signingInfo(),
);

/** Signs a payload for attested code; the record names what was signed. */
export const postSign = endpoint(
  {
    path: { contractId: id },
    bodies: [attestedRequest, payloadToSign],
    answer: released,
    refusals: [...releaseRefusals, "PayloadMissing", "PayloadInvalid", "SigningKeyNotAvailable"],
  },
  ({ path: { contractId }, request }) => {
    const call = releaseCall(request);
    // before the evidence is looked at, since existing clients know the errors in that order
    const content = call.content();
    const payload = readPayload(conforms(payloadToSign, content) ? content.payload : undefined);
    const delegate = { type: "podpolicies", id: "admin" };
    return release(call, { contractId, delegate }, () => ({
      item: { kind: "signature", id: hex(ccf.crypto.digest("SHA-256", payload)) },
      value: utf8(toBase64(signPayload(contractId, payload))),
    }));
  },
);
