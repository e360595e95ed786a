import { shape } from "./interpreted.js";
import { digest, text } from "./parts.js";

export const setVirtualAttestationKey = shape("set_virtual_attestation_key", {
  type: "object",
  properties: { public_key: text },
  required: ["public_key"],
  additionalProperties: false,
});

export const virtualAttestationKeyById = shape("remove_virtual_attestation_key", {
  type: "object",
  properties: { key_id: digest },
  required: ["key_id"],
  additionalProperties: false,
});
