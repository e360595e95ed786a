/** The process that sends the load: a closed loop on each of some connections. */
import { Agent, request } from "node:https";
import type { BenchRequest, Load, Measured } from "./measure.js";

process.once("message", (load: Load) => {
  run(load).then(
    (measured) => process.send?.(measured),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});

let sent = 0;

function bodyOf({ body, contentType }: BenchRequest): Buffer | undefined {
  if (body === undefined) return undefined;
  const next = typeof body === "string" ? body : body[sent++];
  if (next === undefined)
    throw new Error(`all ${body.length} prepared requests are sent; measure fewer seconds`);
  return Buffer.from(next, contentType === undefined ? "utf8" : "base64");
}

async function run(load: Load): Promise<Measured> {
  const { cert, key } = load.request;
  const agent = new Agent({
    keepAlive: true,
    maxSockets: load.connections,
    ca: load.ca,
    ...(cert && { cert, key }),
  });
  const loops = (seconds: number): Promise<number[][]> =>
    Promise.all(
      Array.from({ length: load.connections }, () => loop(agent, load, Date.now() + seconds * 1000)),
    );
  await loops(Math.min(1, load.seconds / 3)); // connections and interpreters warm up
  const began = performance.now();
  const took = (await loops(load.seconds)).flat().sort((a, b) => a - b);
  const elapsed = (performance.now() - began) / 1000;
  const quantile = (share: number): number => took[Math.floor(took.length * share)] ?? NaN;
  return { perSecond: took.length / elapsed, p50: quantile(0.5), p99: quantile(0.99) };
}

async function loop(agent: Agent, load: Load, until: number): Promise<number[]> {
  const took: number[] = [];
  while (Date.now() < until) {
    const began = performance.now();
    await once(agent, load);
    took.push(performance.now() - began);
  }
  return took;
}

function once(agent: Agent, { url, request: benchRequest }: Load): Promise<void> {
  const { method, path } = benchRequest;
  const body = bodyOf(benchRequest);
  return new Promise((resolve, reject) => {
    const headers =
      body === undefined
        ? {}
        : { "content-type": benchRequest.contentType ?? "application/json", "content-length": body.length };
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
