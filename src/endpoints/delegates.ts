import { anyCaller } from "../governance/callers.js";
import { id, ownedId } from "../governance/ids.js";
import { requireReader } from "../governance/parties.js";
import { registerSubject, SUBJECTS } from "../governance/token-subjects.js";
import { endpoint } from "../kit/endpoint.js";
import { pageOfIds, paging } from "../kit/pages.js";
import { Refusal } from "../kit/refusal.js";
import { conforms } from "../kit/shapes.js";
import { evidenceRefusals, requireCleanRoom } from "../policy/attested.js";
import { attestedCall } from "../policy/attested-call.js";
import { delegate, delegatedPolicy, delegatesOf } from "../policy/delegates.js";
import { onlyAlternative } from "../policy/policy.js";
import { signatureRefusals } from "../policy/json-call.js";
import { delegatedClaims, delegates } from "../schemas/answers/policies.js";
import { attestedRequest, delegation } from "../schemas/requests.js";

const path = { contractId: id, delegateType: id, delegateId: ownedId };

export const listDelegates = endpoint(
  {
    caller: anyCaller,
    path: { contractId: id },
    query: paging,
    answer: delegates,
    refusals: ["NotContractParty"],
  },
  ({ caller, path: { contractId }, query }) => {
    requireReader(caller, contractId);
    const list = `/app/contracts/${contractId}/cleanroompolicy/delegates`;
    return pageOfIds(delegatesOf(contractId), query, list, (key) => {
      const [delegateType = "", delegateId = ""] = key.split("/");
      return { delegateType, delegateId };
    });
  },
);

export const getDelegate = endpoint(
  { caller: anyCaller, path, answer: delegatedClaims, refusals: ["NotContractParty"] },
  ({ caller, path: { contractId, delegateType: type, delegateId } }) => {
    requireReader(caller, contractId);
    const policy = delegatedPolicy(contractId, { type, id: delegateId });
    if (policy === undefined) return { claims: {} };
    return { claims: onlyAlternative(policy), ...policy };
  },
);

/** A clean room that satisfies the contract's own policy says which other code may act for one purpose. */
export const putDelegate = endpoint(
  {
    path,
    bodies: [attestedRequest],
    refusals: [...evidenceRefusals, ...signatureRefusals, "InvalidPolicy"],
  },
  ({ path: { contractId, delegateType: type, delegateId }, request }) => {
    const call = attestedCall(request, { key: "encrypt", signed: (data) => data });
    const { platform, proven } = requireCleanRoom(contractId, call);
    const amendment = call.content();
    if (!conforms(delegation, amendment)) {
      const expected = '"type" ("add" or "remove"), "claims", and optionally "policyType"';
      throw new Refusal("InvalidPolicy", `Sign an object with ${expected}.`);
    }
    const { policyType, ...change } = amendment;
    delegate(
      contractId,
      { type, id: delegateId },
      { ...change, policyType: policyType ?? undefined },
      { platform, claims: proven },
    );
    if (type === SUBJECTS) registerSubject(contractId, delegateId);
  },
);
