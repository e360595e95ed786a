import { shape } from "./interpreted.js";
import { digest, jsonObject, text } from "./parts.js";

export const setMember = shape("set_member", {
  type: "object",
  properties: {
    cert: text,
    encryption_pub_key: text,
    member_data: jsonObject,
    recovery_role: { enum: ["NonParticipant", "Participant", "Owner"] },
  },
  required: ["cert"],
  additionalProperties: false,
});

export const memberById = shape("remove_member", {
  type: "object",
  properties: { member_id: digest },
  required: ["member_id"],
  additionalProperties: false,
});

export const setMemberData = shape("set_member_data", {
  type: "object",
  properties: { member_id: digest, member_data: jsonObject },
  required: ["member_id"],
  additionalProperties: false,
});
