import { shape } from "../shape.js";
import { text } from "./parts.js";

export const openedSession = shape("openedSession", {
  type: "object",
  required: ["session", "expiresAt"],
  properties: {
    /** Its id. */
    session: text,
    /** ISO 8601. */
    expiresAt: text,
  },
});
