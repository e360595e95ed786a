import { shape } from "../shape.js";
import { text } from "./parts.js";

export const openedSession = shape("openedSession", {
  type: "object",
  required: ["session", "expiresAt"],
  properties: {
    /** What bound requests name instead of evidence. */
    session: text,
    /** ISO 8601. */
    expiresAt: text,
  },
});
