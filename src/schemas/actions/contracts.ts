import { policyTypes, writtenClaims } from "../policies.js";
import { shape } from "./interpreted.js";
import { anyText, boolean, text } from "./parts.js";

/** Clients propose the contract as the service answered it; only its data, and when it expires, is agreed on. */
export const setContract = shape("set_contract", {
  type: "object",
  properties: {
    contractId: text,
    contract: {
      type: "object",
      properties: { data: { not: { enum: [null, "", 0, false] } }, expires: anyText },
      required: ["data"],
    },
    amend: boolean,
    version: { type: "string", pattern: "^\\d+\\.\\d+$" },
  },
  required: ["contractId", "contract"],
  additionalProperties: false,
});

/** For actions about a contract that need to know nothing else. */
export const contractById = shape("contract by id", {
  type: "object",
  properties: { contractId: text },
  required: ["contractId"],
  additionalProperties: false,
});

export const setCleanRoomPolicy = shape("set_clean_room_policy", {
  type: "object",
  properties: {
    contractId: text,
    type: { enum: ["add", "remove", "set"] },
    policyType: { enum: policyTypes },
    claims: writtenClaims,
    alternatives: { type: "array", minItems: 1, items: writtenClaims },
  },
  required: ["contractId", "type"],
  additionalProperties: false,
});
