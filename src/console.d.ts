/** The only other thing in the engine's global scope that is not ECMAScript: writes to the node's log. */
declare const console: Record<"log" | "info" | "warn" | "error", (...values: unknown[]) => void>;
