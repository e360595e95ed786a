/** Events: one row each. */
import { json, table, text } from "../../kit/tables.js";

/** Rows of all events. Key: contract id, scope, event id, number. */
export interface StoredEvent {
  /** Milliseconds since 1970, 13 digits. */
  readonly timestamp: string;
  readonly data: unknown;
}
export const eventRows = table("public:events", text, json<StoredEvent>());
/** How many rows there are. Key: contract id, scope, event id. */
export const eventCounts = table("public:events.count", text, json<number>());
