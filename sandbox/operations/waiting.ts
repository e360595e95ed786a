import type { Client } from "../../sdk/client.js";
import { UsageError } from "../../sdk/errors.js";
import { waitUntil as ask } from "../../sdk/waiting.js";
import type { RunningNode } from "../engine.js";

/** milliseconds */
const WITHIN = 30_000;

/**
 * As {@link ask}, but whoever waits for something of a node does not wait on when it has ended.
 *
 * @param what as it is told when it does not come to pass: `node1 is trusted`
 * @param attempt the answer, or `undefined` as long as there is none
 * @param options `within`: milliseconds
 * @throws {UsageError} the code tells why the node has ended
 */
export async function waitUntil<T>(
  what: string,
  attempt: () => T | undefined | Promise<T | undefined>,
  { node, within = WITHIN }: { node?: RunningNode; within?: number } = {},
): Promise<T> {
  const alive = async () => {
    const why = await node?.ended();
    if (why)
      throw new UsageError(why.code, `Waited until ${what}, but the node has ended: ${why.message}`, {
        cause: why,
      });
    return attempt();
  };
  return ask(what, alive, { timeoutMs: within });
}

/** Whether a node serves the application: it does shortly after the service is open. @returns `true` or `undefined` */
export async function servesApplication(client: Client): Promise<true | undefined> {
  return (await client.exchange("GET", "/app/api")).status === 200 ? true : undefined;
}
