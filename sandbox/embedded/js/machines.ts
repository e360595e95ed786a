import { newQuickJSWASMModuleFromVariant, type QuickJSWASMModule } from "quickjs-emscripten-core";

/** What the types of Node do not know of `WebAssembly.Memory`. */
interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** bytes of a page of memory of WebAssembly */
const PAGE = 64 * 1024;

/** A WebAssembly instance of QuickJS. */
export class Machine {
  readonly quickjs: QuickJSWASMModule;
  readonly #memory: Memory;
  /** bytes that the memory may grow to at the moment */
  #ceiling = Infinity;
  /** bytes that sufficed so far for executions that kept within their limits */
  #usual: number;
  #refused = false;
  #broken = false;

  constructor(quickjs: QuickJSWASMModule) {
    this.quickjs = quickjs;
    const memory: unknown = quickjs.getWasmMemory();
    this.#memory = memory as Memory;
    this.#usual = this.size;
    this.#superviseGrowth();
  }

  static async load(): Promise<Machine> {
    return new Machine(await newQuickJSWASMModuleFromVariant(import("@jitl/quickjs-wasmfile-release-sync")));
  }

  /** Whether QuickJS itself failed: nothing on this instance can be relied on any more. */
  get broken(): boolean {
    return this.#broken;
  }

  /** bytes of memory that this instance has taken; it never gives any back */
  get size(): number {
    return this.#memory.buffer.byteLength;
  }

  /**
   * An execution begins that gets so many bytes of memory. QuickJS has a limit of its own, but in WebAssembly it does not
   * learn how large its blocks are, and counts 8 bytes for each.
   * @returns the size that the memory may grow to for it
   */
  beginExecution(bytes: number): number {
    this.#refused = false;
    return this.#usual + bytes;
  }

  endExecution(): void {
    if (!this.#refused) this.#usual = Math.max(this.#usual, this.size);
  }

  /** Does something for which the memory may not grow beyond this size: QuickJS then finds none left. */
  upTo<Result>(size: number, run: () => Result): Result {
    const ceiling = this.#ceiling;
    this.#ceiling = size;
    try {
      return run();
    } finally {
      this.#ceiling = ceiling;
    }
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

  #superviseGrowth(): void {
    const memory = this.#memory;
    const grow = memory.grow.bind(memory);
    memory.grow = (pages) => {
      if (this.size + pages * PAGE > this.#ceiling) {
        this.#refused = true;
        throw new RangeError("no more memory for this"); // that is how QuickJS learns it
      }
      return grow(pages);
    };
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
