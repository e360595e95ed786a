/** A process of its own that does work for a command, so that it does not take the time of a node that the command runs. */
import { fork } from "node:child_process";

type Message<Result> =
  { readonly progress: string } | { readonly result: Result } | { readonly error: string };

/**
 * Has a script do work.
 *
 * @param script which calls {@link work}
 * @param given what it is to work with, as JSON can say it
 */
export function inWorker<Result>(
  script: URL,
  given: object,
  progress: (text: string) => void = () => undefined,
): Promise<Result> {
  const child = fork(script, { execArgv: ["--import", "tsx"] });
  child.send(given);
  return new Promise<Result>((resolve, reject) => {
    child.on("message", (message: Message<Result>) => {
      if ("progress" in message) progress(message.progress);
      else if ("error" in message) reject(new Error(message.error));
      else resolve(message.result);
    });
    child.once("exit", () => reject(new Error(`the process of ${script.pathname} ended early`)));
  }).finally(() => child.kill());
}

/** Does what {@link inWorker} asks this process for. @param run is given what that was given */
export function work(run: (given: never, progress: (text: string) => void) => Promise<unknown>): void {
  const tell = (message: Message<unknown>) => process.send?.(message);
  process.once("message", (given) => {
    run(given as never, (text) => tell({ progress: text })).then(
      (result) => tell({ result }),
      (error: unknown) => tell({ error: error instanceof Error ? error.message : String(error) }),
    );
  });
  process.once("disconnect", () => process.exit());
}
