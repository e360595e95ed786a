import { setTimeout as sleep } from "node:timers/promises";
import { ServiceError } from "./errors.js";

export interface WaitOptions<Progress = unknown> {
  /** Milliseconds; 60 000 by default. */
  timeoutMs?: number;
  /** Ends the waiting, with the signal's reason. */
  signal?: AbortSignal;
  /** Called with what was found each time that it was asked. */
  progress?: (found: Progress) => void;
}

/** milliseconds */
const PAUSE = 100;

/**
 * Asks until there is an answer. Nodes that start, or have no primary just now, do not answer every time, so what fails in
 * between is told only if the time runs out.
 *
 * @param what as it is told then: `node 0a1b… is trusted`
 * @param ask the answer; `undefined` as long as there is none
 * @throws {ServiceError} `WaitTimeout`; or at once what is no such failure
 */
export async function waitUntil<T>(
  what: string,
  ask: () => Promise<T | undefined>,
  { timeoutMs = 60_000, signal }: Omit<WaitOptions, "progress"> = {},
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    signal?.throwIfAborted();
    let failure: ServiceError | undefined;
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
    } catch (error) {
      if (!(error instanceof ServiceError) || !passes(error)) throw error;
      failure = error;
    }
    if (Date.now() + PAUSE > deadline) {
      const why = failure ? `: ${failure.message}` : "";
      const message = `Waited for ${timeoutMs} ms until ${what}, in vain${why}`;
      throw new ServiceError(0, "WaitTimeout", message, [], { cause: failure });
    }
    await sleep(PAUSE, undefined, { ...(signal && { signal }) }).catch(() => signal?.throwIfAborted());
  }
}

/** No answer, nothing there yet, or a node that is not able to. */
function passes({ status }: ServiceError): boolean {
  return status === 0 || status === 404 || status >= 500;
}
