import { setTimeout as sleep } from "node:timers/promises";
import { waitUntil } from "../../sandbox/operations/waiting.js";
import { committedTransaction } from "../../sdk/nodes.js";
import { type Missing, seqnoOf } from "./check.js";
import type { Reader, Target, TargetName } from "./target.js";
import { Writer } from "./writer.js";

/** What became of what was written around one kill. */
export interface Round {
  readonly target: TargetName;
  /** What was killed. */
  readonly victim: string;
  /** Milliseconds from the kill to the commit of the first event that was sent after it. */
  readonly failover: number;
  /** Events that were answered with a transaction. */
  readonly acknowledged: number;
  /** Those of them that were reported as committed. */
  readonly committed: number;
  /** Those of them that were reported as lost in an election: made again, nothing is missing. */
  readonly rolledBack: number;
  /** Events of which the writer does not know what became. */
  readonly unknown: number;
  /** Codes of both, with how often. */
  readonly failures: Readonly<Record<string, number>>;
  /** Reported as committed, and not there. */
  readonly lost: readonly Lost[];
}

export interface Lost extends Missing {
  /** The node that does not have it. */
  readonly at: string;
}

/** Events that are committed before the kill, and again after it. */
const EVENTS = 20;
/** milliseconds: the kill comes at any point of what a ledger does. */
const MOST_DELAY = 500;
const GOES_ON_WITHIN = 60_000;

/** Kills something while it is written to, brings it back, and looks whether everything that was committed is there. */
export async function round(
  target: Target,
  name: TargetName,
  number: number,
): Promise<{ round: Round; writer: Writer }> {
  const client = target.client();
  const writer = new Writer(target.scene.cleanRoom(client), client, `kill-${name}-${number}`);
  const { victim, killed } = await killWhileWriting(target, name, writer).finally(() => writer.stop());
  const failures = Object.fromEntries(writer.failures);
  const { TransactionInvalid: rolledBack = 0 } = failures;
  const { acknowledged, committed } = writer;
  const after = committed.filter(({ sent }) => sent >= killed).map(({ at }) => at - killed);
  return {
    writer,
    round: {
      target: name,
      victim,
      failover: Math.min(...after),
      acknowledged,
      committed: committed.length,
      rolledBack,
      unknown: Object.values(failures).reduce((sum, count) => sum + count, 0) - rolledBack,
      failures,
      lost: await lostOf(writer, target.readers()),
    },
  };
}

async function killWhileWriting(
  target: Target,
  name: TargetName,
  writer: Writer,
): Promise<{ victim: string; killed: number }> {
  writer.start();
  await writer.reaches(EVENTS);
  await sleep(Math.random() * MOST_DELAY);
  const killed = Date.now();
  const victim = await target.kill(name);
  await Promise.all([
    target.restore(),
    writer.reaches(EVENTS, { sentSince: killed, within: GOES_ON_WITHIN }),
  ]);
  return { victim, killed };
}

/** What of all that a writer was told to be committed any node does not have. */
export async function lostOf(writer: Writer, readers: readonly Reader[]): Promise<Lost[]> {
  const last = Math.max(0, ...writer.committed.map(({ txId }) => seqnoOf(txId)));
  const lost: Lost[] = [];
  for (const { name, client, contract } of readers) {
    await waitUntil(`${name} has what was committed`, async () =>
      seqnoOf(await committedTransaction(client)) >= last ? true : undefined,
    );
    lost.push(...(await writer.missing(contract)).map((missing) => ({ ...missing, at: name })));
    client.close();
  }
  return lost;
}
