import { shape } from "../shape.js";
import { count, listOf, text } from "./parts.js";

export const events = shape(
  "events",
  listOf({
    type: "object",
    required: ["contractId", "scope", "id", "seqno", "timestamp", "data"],
    properties: {
      contractId: text,
      scope: text,
      id: text,
      seqno: count,
      /** Milliseconds since 1970, 13 digits. */
      timestamp: text,
      /** The same moment (ISO 8601), under both of the names that clients know. */
      timestamp_iso: text,
      timestampIso: text,
      data: {},
    },
  }),
);
