import { anyCaller, knownCaller, requireActive } from "../governance/callers.js";
import { id, ownedId } from "../governance/ids.js";
import { requireReader } from "../governance/parties.js";
import { deleteSecret, putSecret, readSecret, secretIds } from "../governance/secrets.js";
import { endpoint, readBody } from "../kit/endpoint.js";
import { pageOfIds, paging } from "../kit/pages.js";
import { integer, optional } from "../kit/readers.js";
import { conforms } from "../kit/shapes.js";
import { evidenceRefusals, requireCleanRoom } from "../policy/attested.js";
import { attestedCall } from "../policy/attested-call.js";
import { signatureRefusals } from "../policy/json-call.js";
import { release, releaseCall, releaseRefusals } from "../policy/release.js";
import { released } from "../schemas/answers/releases.js";
import { secrets, storedSecret } from "../schemas/answers/secrets.js";
import { attestedRequest, secretValue } from "../schemas/requests.js";

export const listSecrets = endpoint(
  {
    caller: anyCaller,
    path: { contractId: id },
    query: paging,
    answer: secrets,
    refusals: ["NotContractParty"],
  },
  ({ caller, path: { contractId }, query }) => {
    requireReader(caller, contractId);
    return pageOfIds(secretIds(contractId), query, `/app/contracts/${contractId}/secrets`, (secretId) => ({
      secretId,
    }));
  },
);

/** A member or user stores a secret of its own; a clean room stores one of the contract's clean rooms. */
export const putContractSecret = endpoint(
  {
    caller: knownCaller,
    path: { contractId: id, secretName: id },
    bodies: [secretValue, attestedRequest],
    answer: storedSecret,
    refusals: [
      ...evidenceRefusals,
      ...signatureRefusals,
      "MemberNotActive",
      "ValueMissing",
      "ValueTooLarge",
      "ContractNotFound",
      "SecretNotOwned",
      "InvalidParameter",
    ],
  },
  ({ caller, path: { contractId, secretName }, request }) => {
    if (caller !== undefined) {
      const { value } = readBody(request, secretValue);
      return putSecret(contractId, requireActive(caller), secretName, value);
    }
    const call = attestedCall(request, { key: "encrypt", signed: (data) => data });
    requireCleanRoom(contractId, call);
    const content = call.content();
    const value = conforms(secretValue, content) ? content.value : undefined;
    return putSecret(contractId, "cleanroom", secretName, value);
  },
);

export const deleteContractSecret = endpoint(
  {
    caller: anyCaller,
    path: { contractId: id, secretName: id },
    refusals: ["MemberNotActive", "SecretNotFound", "SecretNotOwned", "InvalidParameter"],
  },
  ({ caller, path }) => deleteSecret(path.contractId, requireActive(caller), path.secretName),
);

/** The newest version of a secret, or the one named in the query, wrapped to the key of attested code. */
export const releaseSecret = endpoint(
  {
    path: { contractId: id, secretName: ownedId },
    query: { version: optional(integer(1)) },
    bodies: [attestedRequest],
    answer: released,
    refusals: [...releaseRefusals, "SecretNotFound"],
  },
  ({ path: { contractId, secretName: secretId }, query, request }) =>
    release(releaseCall(request), { contractId, delegate: { type: "secrets", id: secretId } }, () => {
      const { value, version } = readSecret(contractId, secretId, query.version);
      return { item: { kind: "secret", id: secretId, version }, value };
    }),
);
