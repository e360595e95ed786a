export interface Limits {
  /** bytes */
  readonly max_heap_bytes: number;
  /** bytes */
  readonly max_stack_bytes: number;
  readonly max_execution_time_ms: number;
}

/**
 * Bytes of stack that guest code gets at most. A frame of QuickJS takes several times as much of the stack of this
 * process as it counts itself. With this, code of the guest runs out of its own first; only the recursion of QuickJS
 * itself, as in its parser, may not, and that costs the WebAssembly instance.
 */
export const STACK_BYTES = 256 * 1024;

/** Bytes of memory that guest code gets at most: the WebAssembly instance has 2 GB for all its interpreters. */
export const HEAP_BYTES = 2 ** 29;

/** How deep calls from the guest to the host and back may nest: each level takes stack that QuickJS does not count. */
export const NESTING = 40;

/** milliseconds to say what was thrown: that may run code of the guest too */
export const EXPLANATION_MS = 500;
