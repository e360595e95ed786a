import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** One kind of request. */
export interface BenchRequest {
  readonly method: string;
  readonly path: string;
  /** Sent each time; or one per request, where none may be sent twice. Base64 if a content type is given, else JSON. */
  readonly body?: string | readonly string[];
  readonly contentType?: string;
  /** PEM, of the caller. */
  readonly cert?: string;
  readonly key?: string;
}

export interface Load {
  readonly url: string;
  /** The service certificate. */
  readonly ca: string;
  readonly request: BenchRequest;
  readonly seconds: number;
  readonly connections: number;
}

export interface Measured {
  readonly perSecond: number;
  /** milliseconds */
  readonly p50: number;
  readonly p99: number;
}

/** Sends the load from a process of its own, so that its work is not the node's. */
export async function measure(load: Load): Promise<Measured> {
  const child = fork(fileURLToPath(new URL("./load.ts", import.meta.url)), { execArgv: ["--import", "tsx"] });
  child.send(load);
  const [message] = (await Promise.race([
    once(child, "message"),
    once(child, "exit").then(() => [{ error: "the process that sends the load ended early" }]),
  ])) as [Measured | { error: string }];
  child.kill();
  if ("error" in message) throw new Error(message.error);
  return message;
}
