/** The process that sends requests of one kind, which were made beforehand: the machine's time is the node's. */
import { Agent, request } from "node:https";
import { closedLoops, speed, type Speed } from "../load/loops.js";
import { work } from "../load/worker.js";
import type { BenchRequest, Load } from "./measure.js";

work(run);

async function run({ url, ca, request: made, seconds, connections }: Load): Promise<Speed> {
  const { cert, key } = made;
  const agent = new Agent({ keepAlive: true, maxSockets: connections, ca, ...(cert && { cert, key }) });
  const next = bodiesOf(made);
  const took: number[] = [];
  const once = async (): Promise<void> => {
    const began = performance.now();
    await send(agent, url, made, next());
    took.push(performance.now() - began);
  };
  await closedLoops(connections, Math.min(1, seconds / 3), once); // connections and interpreters warm up
  took.length = 0;
  return speed(took, await closedLoops(connections, seconds, once));
}

function bodiesOf({ body, contentType }: BenchRequest): () => Buffer | undefined {
  const encoding = contentType === undefined ? "utf8" : "base64";
  if (body === undefined) return () => undefined;
  if (typeof body === "string") {
    const same = Buffer.from(body, encoding);
    return () => same;
  }
  let sent = 0;
  return () => {
    const next = body[sent++];
    if (next === undefined)
      throw new Error(`all ${body.length} prepared requests are sent; measure fewer seconds`);
    return Buffer.from(next, encoding);
  };
}

function send(
  agent: Agent,
  url: string,
  { method, path, contentType = "application/json" }: BenchRequest,
  body: Buffer | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-type": contentType, "content-length": body.length };
    const outgoing = request(url + path, { method, agent, headers }, (response) => {
      const { statusCode = 0 } = response;
      response.resume();
      response.once("end", () => {
        if (statusCode >= 200 && statusCode < 300) resolve();
        else reject(new Error(`${method} ${path} was answered with ${statusCode}`));
      });
    });
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}
