import { virtualAttestationKeys } from "../governance/tables.js";
import { endpoint } from "../kit/endpoint.js";
import { verifiers } from "../policy/platforms.js";
import { platforms } from "../schemas/answers/policies.js";

/** For anybody who considers trusting this service: whose evidence it takes. */
export const listPlatforms = endpoint({ answer: platforms }, () => {
  const keys = virtualAttestationKeys()
    .entries()
    .map(([keyId, { publicKey }]) => ({ keyId, publicKey }));
  return {
    value: Object.keys(verifiers).map((platform) =>
      platform === "virtual" ? { platform, trusted: keys.length > 0, keys } : { platform, trusted: true },
    ),
  };
});
