import { endpoint } from "../kit/endpoint.js";
import { Refusal } from "../kit/refusal.js";
import { boundEvidenceRefusals, prove, requireBound } from "../policy/attested.js";
import { requireBoundCall } from "../policy/bound-call.js";
import { openSession } from "../policy/sessions.js";
import { openedSession } from "../schemas/answers/sessions.js";
import { boundRequest } from "../schemas/requests.js";

/**
 * Attested code presents its evidence once, and then names the session instead. Which contracts trust it is no matter here:
 * their policies are matched whenever it asks for something.
 */
export const postSession = endpoint(
  {
    bodies: [boundRequest],
    answer: openedSession,
    refusals: boundEvidenceRefusals,
  },
  ({ request }) => {
    const call = requireBoundCall(request);
    if (call.session !== undefined) {
      const message = "A session is opened with evidence; it cannot be prolonged from within.";
      throw new Refusal("InvalidBoundRequest", message);
    }
    const proven = prove(call);
    requireBound(proven, call.key);
    const { id, expiresAt } = openSession(call.platform, call.key, proven);
    return { session: id, expiresAt: new Date(expiresAt).toISOString() };
  },
);
