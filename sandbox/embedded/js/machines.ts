import { newQuickJSWASMModuleFromVariant, type QuickJSWASMModule } from "quickjs-emscripten-core";

/** A WebAssembly instance of QuickJS. */
export class Machine {
  readonly quickjs: QuickJSWASMModule;
  #broken = false;

  constructor(quickjs: QuickJSWASMModule) {
    this.quickjs = quickjs;
  }

  static async load(): Promise<Machine> {
    return new Machine(await newQuickJSWASMModuleFromVariant(import("@jitl/quickjs-wasmfile-release-sync")));
  }

  /** Whether QuickJS itself failed: nothing on this instance can be relied on any more. */
  get broken(): boolean {
    return this.#broken;
  }

  /**
   * Does something on this instance. Whatever escapes from WebAssembly other than as a result of its own (the stack of
   * this process ran out, an assertion failed) leaves QuickJS in the middle of something.
   */
  guard<Result>(run: () => Result): Result {
    try {
      return run();
    } catch (error) {
      if (error instanceof RangeError || isTrap(error)) this.#broken = true;
      throw error;
    }
  }
}

/** `WebAssembly.RuntimeError`, which the types of Node do not know. */
function isTrap(error: unknown): boolean {
  return error instanceof Error && error.name === "RuntimeError";
}

/** One instance is in use, another is ready to take its place should it break. */
export class Machines {
  #current: Machine;
  #spare: Machine | undefined;

  private constructor(first: Machine) {
    this.#current = first;
    this.#prepareSpare();
  }

  static async load(): Promise<Machines> {
    return new Machines(await Machine.load());
  }

  /** The instance to use. A broken one stays in use for the moment that it takes until there is another. */
  get current(): Machine {
    if (this.#current.broken && this.#spare) {
      this.#current = this.#spare;
      this.#prepareSpare();
    }
    return this.#current;
  }

  #prepareSpare(): void {
    this.#spare = undefined;
    Machine.load().then(
      (machine) => {
        this.#spare = machine;
      },
      () => undefined, // it worked before; at worst the broken instance stays in use
    );
  }
}
