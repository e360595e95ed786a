import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "./client.js";
import { ServiceError } from "./errors.js";
import { query } from "./path.js";
import { type Receipt, receipt } from "./receipt.js";

/**
 * Waits until a transaction is committed and fetches its receipt. Fetched is not verified: see {@link verifyReceipt}.
 *
 * @throws {ServiceError} `ReceiptTimeout` if the node does not get it from its ledger in time
 */
export async function fetchReceipt(client: Client, txId: string, timeoutMs = 10_000): Promise<Receipt> {
  await client.committed(txId);
  const deadline = Date.now() + timeoutMs;
  for (let pause = 20; ; pause = Math.min(pause * 2, 1000)) {
    const answer = await client.get(`/app/receipt${query({ transaction_id: txId })}`);
    // 202: the node is still reading its ledger
    if (answer.status !== 202) return answer.as(receipt);
    if (Date.now() + pause > deadline)
      throw new ServiceError(202, "ReceiptTimeout", `No receipt of ${txId} after ${timeoutMs} ms`);
    await sleep(pause);
  }
}
