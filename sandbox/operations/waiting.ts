import { setTimeout as sleep } from "node:timers/promises";
import type { RunningNode } from "../engine.js";

/** milliseconds */
const PAUSE = 50;
const WITHIN = 30_000;

/**
 * Asks again and again until there is an answer. What fails in between is kept for the message, since nodes that start or
 * elect a primary do not always answer.
 *
 * @param what as it is told when it does not come to pass: `node1 is trusted`
 * @param attempt the answer, or `undefined` as long as there is none
 * @param options `node`: whoever waits for it need not wait on when it has ended
 */
export async function waitUntil<T>(
  what: string,
  attempt: () => T | undefined | Promise<T | undefined>,
  { node, within = WITHIN }: { node?: RunningNode; within?: number } = {},
): Promise<T> {
  let failure: unknown;
  for (const until = Date.now() + within; Date.now() < until;) {
    try {
      const answer = await attempt();
      if (answer !== undefined) return answer;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    const lastWords = await node?.ended();
    if (lastWords !== undefined) throw new Error(`Waited until ${what}, but the node ended; ${lastWords}`);
    await sleep(PAUSE);
  }
  const why = failure instanceof Error ? `: ${failure.message}` : "";
  throw new Error(`Waited for ${within / 1000} s until ${what}, in vain${why}`, { cause: failure });
}
