import { serviceOptionNames } from "../service-options.js";
import { shape } from "./interpreted.js";

export const setCgsRuntimeOptions = shape("set_cgs_runtime_options", {
  type: "object",
  properties: { option: { enum: serviceOptionNames }, status: { enum: ["enabled", "disabled"] } },
  required: ["option", "status"],
  additionalProperties: false,
});
