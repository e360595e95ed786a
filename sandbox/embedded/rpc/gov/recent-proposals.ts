import { RpcError } from "../errors.js";
import type { Transaction } from "../../kv/store.js";
import { DEFAULT_RECENT_PROPOSALS } from "./service.js";
import * as tables from "./tables.js";

/** Ten digits, enough until November 2286: times are compared as text, so they must be equally long. */
const LATEST = 9_999_999_999;

/**
 * Remembers a proposal, so that the same signed message cannot be sent again; once it is forgotten, the message is too
 * old to be accepted.
 *
 * @param createdAt seconds since 1970, as signed
 * @param signatureDigest SHA-256, hex
 * @throws {RpcError} if it is remembered already, or older than the median of what is remembered
 */
export function rememberProposal(
  tx: Transaction,
  {
    createdAt,
    signatureDigest,
    proposalId,
  }: { createdAt: number; signatureDigest: string; proposalId: string },
): void {
  if (createdAt > LATEST)
    throw new RpcError(400, "InvalidCreatedAt", "Header parameter created_at value is too large");
  const time = String(createdAt).padStart(10, "0");
  const key = `${time}:${signatureDigest}`;
  const recent = tables.recentProposals(tx);

  const replayed = recent.get(key);
  if (replayed !== undefined)
    throw new RpcError(
      400,
      "ProposalReplay",
      `Proposal submission replay, already exists as proposal ${replayed}`,
    );
  const remembered = recent
    .entries()
    .map(([known]) => known)
    .sort();
  const oldest = remembered[Math.floor(remembered.length / 2)]?.split(":")[0];
  if (oldest !== undefined && time < oldest)
    throw new RpcError(
      400,
      "ProposalCreatedTooLongAgo",
      `Proposal created too long ago, created_at must be greater than ${oldest}`,
    );

  recent.set(key, proposalId);
  const size =
    tables.serviceConfiguration(tx).get()?.recent_cose_proposals_window_size ?? DEFAULT_RECENT_PROPOSALS;
  const surplus = remembered.length + 1 - size;
  for (const known of remembered.slice(0, Math.max(surplus, 0))) recent.delete(known);
}
