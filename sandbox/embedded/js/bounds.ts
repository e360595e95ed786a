import type { QuickJSRuntime } from "quickjs-emscripten-core";
import { HEAP_BYTES, STACK_BYTES, type Limits } from "./limits.js";
import type { Machine } from "./machines.js";
import { defaultOptions } from "./options.js";

/** Keeps what a runtime executes within limits of time, stack and memory. */
export class Bounds {
  readonly #machine: Machine;
  readonly #runtime: QuickJSRuntime;
  #limits: Limits = defaultOptions;
  #executing = false;
  #deadline = Infinity;
  /** bytes that the memory of the machine may grow to */
  #ceiling = Infinity;
  #timedOut = false;

  constructor(machine: Machine, runtime: QuickJSRuntime) {
    this.#machine = machine;
    this.#runtime = runtime;
    runtime.setMaxStackSize(STACK_BYTES);
    runtime.setInterruptHandler(() => this.#overdue());
  }

  /** Those of the present execution, or of the last one. */
  get limits(): Limits {
    return this.#limits;
  }

  /** Whether the last execution was stopped because it took too long. */
  get timedOut(): boolean {
    return this.#timedOut;
  }

  /** Whether the execution under way has had its time: whatever else it wants is refused. */
  get isOver(): boolean {
    return this.#timedOut && this.#executing;
  }

  /** An execution. */
  within<Result>(limits: Limits, run: () => Result): Result {
    this.#limits = limits;
    const heap = Math.min(limits.max_heap_bytes, HEAP_BYTES);
    this.#ceiling = this.#machine.beginExecution(heap);
    this.#runtime.setMemoryLimit(heap);
    this.#runtime.setMaxStackSize(Math.min(limits.max_stack_bytes, STACK_BYTES));
    this.#deadline = performance.now() + limits.max_execution_time_ms;
    this.#timedOut = false;
    this.#executing = true;
    try {
      return run();
    } finally {
      this.#executing = false;
      this.#ceiling = Infinity;
      this.#deadline = Infinity;
      this.#machine.endExecution();
      if (!this.#machine.broken) {
        // what is left to do, such as reading an error, must not fail for want of memory
        this.#runtime.setMemoryLimit(-1);
        this.#runtime.setMaxStackSize(STACK_BYTES);
      }
    }
  }

  /** Something aside, for which there are so many milliseconds at most; that it takes too long is not remembered. */
  aside<Result>(milliseconds: number, run: () => Result): Result {
    const [deadline, timedOut] = [this.#deadline, this.#timedOut];
    this.#deadline = Math.min(deadline, performance.now() + milliseconds);
    try {
      return run();
    } finally {
      this.#deadline = deadline;
      this.#timedOut = timedOut;
    }
  }

  /** A step into QuickJS that runs what is the guest's. */
  enter<Result>(run: () => Result): Result {
    return this.#machine.guard(() => this.#machine.upTo(this.#ceiling, run));
  }

  #overdue(): boolean {
    if (performance.now() < this.#deadline) return false;
    this.#timedOut = true;
    return true;
  }
}
