import { caStatus, generateSigningKey } from "../governance/ca/authorities.js";
import { endorse, endorsementRefusals } from "../governance/ca/endorsement.js";
import { activeMember, anyCaller, tokenOf, tokenRefusals } from "../governance/callers.js";
import { id } from "../governance/ids.js";
import { partiesOf, requireReader } from "../governance/parties.js";
import { utf8 } from "../kit/encodings.js";
import { endpoint } from "../kit/endpoint.js";
import { release, releaseCall, releaseRefusals } from "../policy/release.js";
import { caKeyRequest, caStatus as status } from "../schemas/answers/ca.js";
import { released } from "../schemas/answers/releases.js";
import { attestedRequest } from "../schemas/requests.js";

// The only endpoints that load jsrsasign, which takes a node longer to evaluate than everything else together.

/** Makes the key that the members have voted for. */
export const generateCaSigningKey = endpoint(
  {
    caller: activeMember,
    path: { contractId: id },
    answer: caKeyRequest,
    refusals: ["CANotEnabled", "NotContractParty"],
  },
  ({ caller, path: { contractId } }) => {
    requireReader(caller, contractId);
    return generateSigningKey(contractId);
  },
);

/** For whoever wants to trust the authority: also holders of tokens whom nobody has registered, unless the contract names its parties. */
export const getCaStatus = endpoint(
  {
    path: { contractId: id },
    answer: status,
    refusals: [...tokenRefusals, "CallerNotAuthorized", "CallerTenantNotAuthorized", "NotContractParty"],
  },
  ({ path: { contractId }, request }) => {
    tokenOf(request); // refuses one that may not act here
    if (partiesOf(contractId) !== undefined) requireReader(anyCaller(request), contractId);
    return caStatus(contractId);
  },
);

const delegate = { type: "ca", id: "endorsed-cert" } as const;

/** Certifies a key for attested code; what it wants is in the signed content. */
export const generateEndorsedCert = endpoint(
  {
    path: { contractId: id },
    bodies: [attestedRequest],
    answer: released,
    refusals: [...releaseRefusals, ...endorsementRefusals],
  },
  ({ path: { contractId }, request }) =>
    release(releaseCall(request, { signed: true }), { contractId, delegate }, (content) => {
      const { cert, caBundle, fingerprint, subject, names } = endorse(contractId, content);
      return {
        item: { kind: "certificate", id: fingerprint, subject, names },
        value: utf8(JSON.stringify({ cert, caBundle })),
      };
    }),
);
