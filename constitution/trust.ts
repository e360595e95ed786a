import { attestationTrust, TRUST_EPOCH } from "../src/governance/tables.js";
import type { Action } from "./action.js";

/**
 * An action that takes trust away from evidence that was good before: it also ends all attested sessions, so that clean
 * rooms present their evidence anew.
 */
export const endingSessions = (row: Action): Action => ({
  ...row,
  apply(args, proposalId) {
    row.apply(args, proposalId);
    attestationTrust().set(TRUST_EPOCH, proposalId);
  },
});
