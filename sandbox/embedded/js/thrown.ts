import type { QuickJSHandle } from "quickjs-emscripten-core";

/** A value that guest code threw, as a handle. Whoever catches it disposes of the handle or throws it on. */
export class Thrown extends Error {
  /** private, lest whoever prints the error prints the whole engine */
  readonly #value: QuickJSHandle;

  constructor(value: QuickJSHandle) {
    super("guest code threw");
    this.name = "Thrown";
    this.#value = value;
  }

  get value(): QuickJSHandle {
    return this.#value;
  }
}

/** The lines of a trace that are the prelude's own, each with the built-in function that it called. */
const PRELUDE_FRAMES = /(?: {4}at \w+ \(native\)\n)? {4}at .* \(prelude(?::\d+)?\)\n/g;

/** A trace of an error as it would be if the prelude did not exist. */
export function withoutPrelude(trace: string | undefined): string | undefined {
  return trace?.replace(PRELUDE_FRAMES, "");
}
