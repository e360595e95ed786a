import type { Endpoint } from "../http.js";
import { ballotEndpoints } from "./ballots.js";
import { javascriptEndpoints } from "./javascript.js";
import { joinPolicyEndpoints } from "./join-policy.js";
import { jwkEndpoints } from "./jwk.js";
import { memberEndpoints } from "./members.js";
import { nodeEndpoints } from "./nodes.js";
import { proposalEndpoints } from "./proposals.js";
import { recoveryEndpoints } from "./recovery.js";
import { serviceEndpoints } from "./service.js";
import { stateDigestEndpoints } from "./state-digests.js";
import { transactionEndpoints } from "./transactions.js";
import { userEndpoints } from "./users.js";

export { describeApi } from "./description.js";
export { adoptCertificates, NodeEffects } from "./effects.js";

/** Governance of the service: everything under `/gov` but what all frontends have. */
export const govEndpoints: readonly Endpoint[] = [
  ...serviceEndpoints,
  ...memberEndpoints,
  ...userEndpoints,
  ...nodeEndpoints,
  ...javascriptEndpoints,
  ...jwkEndpoints,
  ...joinPolicyEndpoints,
  ...transactionEndpoints,
  ...stateDigestEndpoints,
  ...proposalEndpoints,
  ...ballotEndpoints,
  ...recoveryEndpoints,
];
