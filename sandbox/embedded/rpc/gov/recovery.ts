import { RpcError } from "../errors.js";
import { activeMemberAction, read } from "./endpoint.js";
import { identifierIn, named, notFound } from "./identifiers.js";
import * as tables from "./tables.js";

const encryptedShare = read("/recovery/encrypted-shares/{memberId}", ({ tx, params }) => {
  const memberId = identifierIn(params, "member");
  const shares = tables.recoveryShares(tx).get();
  if (!shares) throw new RpcError(500, "InternalError", "Failed to retrieve current recovery shares info");
  const share = shares.encrypted_shares[memberId];
  if (share === undefined) throw notFound(`Recovery share not found for member ${named.member(memberId)}.`);
  return { status: 200, body: { memberId, encryptedShare: share } };
});

/** This node restarts from its own files and never waits for shares; recovering a service is for a real network. */
const submitShare = activeMemberAction("/recovery/members/{memberId}:recover", "recovery_share", () => {
  throw new RpcError(
    403,
    "ServiceNotWaitingForRecoveryShares",
    "Service is not waiting for recovery shares.",
  );
});

/** The members' shares of the secret that decrypts the ledger. */
export const recoveryEndpoints = [encryptedShare, submitShare];
