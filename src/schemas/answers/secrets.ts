import { shape } from "../shape.js";
import { count, listOf, text } from "./parts.js";

export const storedSecret = shape("storedSecret", {
  type: "object",
  required: ["secretId"],
  properties: { secretId: text, version: count },
});

export const secrets = shape(
  "secrets",
  listOf({ type: "object", required: ["secretId"], properties: { secretId: text } }),
);
