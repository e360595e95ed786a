import { anyCaller, knownCaller, requireActive } from "../governance/callers.js";
import { id, ownedId } from "../governance/ids.js";
import { requireReader } from "../governance/parties.js";
import {
  deleteSecret,
  putSecret,
  readSecret,
  secretIdOf,
  secretIds,
  secretPolicyOf,
  type WrittenSecret,
} from "../governance/secrets.js";
import { digestOf } from "../kit/canonical.js";
import { hex } from "../kit/encodings.js";
import { endpoint, readBody, requireShape } from "../kit/endpoint.js";
import { pageOfIds, paging } from "../kit/pages.js";
import { integer, optional } from "../kit/readers.js";
import { conforms } from "../kit/shapes.js";
import { type CleanRoom, evidenceRefusals, requireCleanRoom, requireSatisfied } from "../policy/attested.js";
import { type AttestedCall, attestedCall } from "../policy/attested-call.js";
import { requireBoundCall } from "../policy/bound-call.js";
import { signatureRefusals } from "../policy/json-call.js";
import type { Policy } from "../policy/policy.js";
import {
  boundReleaseRefusals,
  type Release,
  release,
  releaseCall,
  releaseRefusals,
} from "../policy/release.js";
import { readSecretPolicy } from "../policy/written-policy.js";
import { released } from "../schemas/answers/releases.js";
import { secrets, storedSecret } from "../schemas/answers/secrets.js";
import { attestedRequest, boundRequest, namedSecret, secretValue } from "../schemas/requests.js";
import type { Of } from "../schemas/shape.js";

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
    return pageOfIds(secretIds(contractId), query, `/app/contracts/${contractId}/secrets`, (secretId) => {
      const policy = secretPolicyOf(contractId, secretId);
      return { secretId, ...(policy !== undefined && { policy }) };
    });
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
      "InvalidPolicy",
    ],
  },
  ({ caller, path: { contractId, secretName }, request }) => {
    if (caller !== undefined) {
      const written = readBody(request, secretValue);
      return putSecret(contractId, requireActive(caller), secretName, read(written));
    }
    const call = attestedCall(request, { key: "encrypt", signed: (data) => data });
    const room = requireCleanRoom(contractId, call);
    const content = call.content();
    const written = read(conforms(secretValue, content) ? content : {});
    // code that does not get it does not change who gets it
    requireOwnPolicy(contractId, secretIdOf("cleanroom", secretName), room);
    return putSecret(contractId, "cleanroom", secretName, written);
  },
);

const read = ({ value, policy }: Of<typeof secretValue>): WrittenSecret => ({
  value,
  policy: readSecretPolicy(policy),
});

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
  ({ path: { contractId, secretName: secretId }, query: { version }, request }) =>
    releaseTo(releaseCall(request), { contractId, secretId, version }),
);

/**
 * The same for a bound request that names contract and secret in its content. A CCF node finds a path without parts that
 * vary at once; for others it tries every template, which would be a third of what a release in a session costs.
 */
export const releaseNamedSecret = endpoint(
  {
    bodies: [boundRequest, namedSecret],
    answer: released,
    refusals: [...boundReleaseRefusals, "InvalidBody", "SecretNotFound"],
  },
  ({ request }) => {
    const call = requireBoundCall(request);
    return releaseTo(call, requireShape(call.content(), namedSecret));
  },
);

interface NamedSecret {
  readonly contractId: string;
  readonly secretId: string;
  /** `undefined`: the newest. */
  readonly version?: number | undefined;
}

function releaseTo(call: AttestedCall, { contractId, secretId, version: wanted }: NamedSecret): Release {
  return release(call, { contractId, delegate: { type: "secrets", id: secretId } }, (_, room) => {
    const { value, version } = readSecret(contractId, secretId, wanted);
    const policy = requireOwnPolicy(contractId, secretId, room);
    const item = { kind: "secret", id: secretId, version } as const;
    return { item: { ...item, ...(policy && { policyDigest: hex(digestOf(policy)) }) }, value };
  });
}

/** @returns the policy that the secret has of its own, which the code satisfies; undefined if it has none */
function requireOwnPolicy(contractId: string, secretId: string, room: CleanRoom): Policy | undefined {
  const policy = secretPolicyOf(contractId, secretId);
  if (policy !== undefined) requireSatisfied(policy, room, `the secret ${secretId}`);
  return policy;
}
