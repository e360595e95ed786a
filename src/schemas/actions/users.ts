import { shape } from "./interpreted.js";
import { digest, jsonObject, text } from "./parts.js";

export const setUser = shape("set_user", {
  type: "object",
  properties: { cert: text, user_data: jsonObject },
  required: ["cert"],
  additionalProperties: false,
});

export const userById = shape("remove_user", {
  type: "object",
  properties: { user_id: digest },
  required: ["user_id"],
  additionalProperties: false,
});

export const setUserData = shape("set_user_data", {
  type: "object",
  properties: { user_id: digest, user_data: jsonObject },
  required: ["user_id"],
  additionalProperties: false,
});
