import { inWorker } from "../load/worker.js";
import type { Speed } from "../load/loops.js";

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

/** Sends the load from a process of its own, so that its work is not the node's. @throws if any request is refused */
export function measure(load: Load): Promise<Speed> {
  return inWorker(new URL("./sender.ts", import.meta.url), load);
}
