import { singletonKey, type Transaction } from "../kv/store.js";
import type { RuntimeOptions } from "./types.js";

/** What CCF uses where the members have not set anything. */
export const defaultOptions: RuntimeOptions = {
  max_heap_bytes: 100 * 1024 * 1024,
  max_stack_bytes: 1024 * 1024,
  max_execution_time_ms: 5000,
  log_exception_details: false,
  return_exception_details: false,
  max_cached_interpreters: 10,
};

/** The options in force, from `public:ccf.gov.js_runtime_options`. */
export function runtimeOptions(tx: Transaction): RuntimeOptions {
  const bytes = tx.table("public:ccf.gov.js_runtime_options").get(singletonKey);
  if (!bytes) return defaultOptions;
  const stored: unknown = JSON.parse(Buffer.from(bytes).toString());
  return { ...defaultOptions, ...(stored as Partial<RuntimeOptions>) };
}

/** Governance must stay possible whatever limits were voted for the application: never less than the defaults. */
export function governanceOptions(options: RuntimeOptions): RuntimeOptions {
  const atLeast = (name: "max_heap_bytes" | "max_stack_bytes" | "max_execution_time_ms"): number =>
    Math.max(options[name], defaultOptions[name]);
  return {
    ...options,
    max_heap_bytes: atLeast("max_heap_bytes"),
    max_stack_bytes: atLeast("max_stack_bytes"),
    max_execution_time_ms: atLeast("max_execution_time_ms"),
  };
}
