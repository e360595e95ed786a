import { shape } from "../../../src/schemas/shape.js";
import type { Network } from "../../../sandbox/network.js";

const commit = shape("commit", {
  type: "object",
  required: ["transaction_id"],
  properties: { transaction_id: { type: "string" } },
});

/**
 * The last transaction of the ledger, once everything before is committed. As long as nobody writes it stays the same, so
 * what is done between two calls that agree has left nothing on the ledger.
 */
export async function endOfLedger(net: Network): Promise<string> {
  const client = net.as(net.members[0]);
  const read = await client.get("/app/contracts");
  await client.committed(read.writtenTxId);
  return (await client.get("/app/commit")).as(commit).transaction_id;
}
