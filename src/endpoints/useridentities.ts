import { anyCaller } from "../governance/callers.js";
import { identityIds, readIdentity } from "../governance/identities.js";
import { id } from "../governance/ids.js";
import { endpoint } from "../kit/endpoint.js";
import { pageOfIds, paging } from "../kit/pages.js";
import { selfStatus, userIdentities, userIdentity } from "../schemas/answers/users.js";

export const listIdentities = endpoint(
  { caller: anyCaller, query: paging, answer: userIdentities },
  ({ query }) => pageOfIds(identityIds(), query, "/app/users/identities", readIdentity),
);

export const getIdentity = endpoint(
  {
    caller: anyCaller,
    path: { identityId: id },
    answer: userIdentity,
    refusals: ["UserIdentityNotFound"],
  },
  ({ path }) => readIdentity(path.identityId),
);

/** For whoever passes a token on, and wants to know whether it is a registered user's. */
export const getSelfStatus = endpoint({ caller: anyCaller, answer: selfStatus }, () => ({ active: true }));
