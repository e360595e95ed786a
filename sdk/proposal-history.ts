import { setTimeout as sleep } from "node:timers/promises";
import * as answers from "./answers.js";
import type { Client } from "./client.js";
import { ServiceError } from "./errors.js";
import { segment } from "./path.js";

/**
 * The states that a governance proposal had, read from the ledger, in its order: one for every transaction that wrote it,
 * ballots included. Works for proposals that CCF has forgotten too, then it reads the whole ledger.
 *
 * @param timeoutMs how long the node may take to fetch a page
 * @throws {ServiceError} `HistoryTimeout`
 */
export async function* proposalHistory(
  client: Client,
  proposalId: string,
  timeoutMs = 30_000,
): AsyncGenerator<answers.ProposalState> {
  let next: string | undefined = `/app/proposals/${segment(proposalId)}/historical`;
  while (next !== undefined) {
    const page: answers.ProposalHistoryPage = await historyPage(client, next, timeoutMs);
    yield* page.value;
    next = page.nextLink;
  }
}

async function historyPage(
  client: Client,
  path: string,
  timeoutMs: number,
): Promise<answers.ProposalHistoryPage> {
  const deadline = Date.now() + timeoutMs;
  for (let pause = 50; ; pause = Math.min(pause * 2, 1000)) {
    const answer = await client.get(path);
    if (answer.status !== 202) return answer.as(answers.proposalHistory);
    if (Date.now() + pause > deadline)
      throw new ServiceError(
        0,
        "HistoryTimeout",
        `The node has not fetched this part of its ledger after ${timeoutMs} ms: ${path}`,
      );
    await sleep(pause);
  }
}
