import { shape } from "./interpreted.js";
import { anyText, boolean, text } from "./parts.js";

/** The policies by which a CCF node authenticates callers of an application. */
const authentication = {
  enum: ["user_cert", "member_cert", "any_cert", "user_cose_sign1", "jwt", "no_auth"],
} as const;

export const setJsApp = shape("set_js_app", {
  type: "object",
  properties: {
    bundle: {
      type: "object",
      properties: {
        metadata: {
          type: "object",
          properties: {
            endpoints: {
              type: "object",
              additionalProperties: {
                type: "object",
                additionalProperties: {
                  type: "object",
                  properties: {
                    js_module: text,
                    js_function: text,
                    mode: { enum: ["readwrite", "readonly", "historical"] },
                    forwarding_required: { enum: ["sometimes", "always", "never"] },
                    redirection_strategy: { enum: ["none", "to_primary", "to_backup"] },
                    authn_policies: {
                      type: "array",
                      items: {
                        anyOf: [
                          authentication,
                          {
                            type: "object",
                            properties: { all_of: { type: "array", items: authentication } },
                            required: ["all_of"],
                            additionalProperties: false,
                          },
                        ],
                      },
                    },
                    interpreter_reuse: {
                      type: "object",
                      properties: { key: anyText },
                      required: ["key"],
                      additionalProperties: false,
                    },
                    openapi: { type: ["object", "null"] },
                    openapi_hidden: { type: ["boolean", "null"] },
                  },
                  required: ["js_module", "js_function", "mode", "forwarding_required", "authn_policies"],
                  additionalProperties: false,
                },
              },
            },
          },
          required: ["endpoints"],
          additionalProperties: false,
        },
        modules: {
          type: "array",
          items: {
            type: "object",
            properties: { name: text, module: anyText },
            required: ["name", "module"],
            additionalProperties: false,
          },
        },
      },
      required: ["metadata", "modules"],
      additionalProperties: false,
    },
    disable_bytecode_cache: boolean,
  },
  required: ["bundle"],
  additionalProperties: false,
});

/** The upper bounds are far beyond what a node can offer; what exceeds them is a mistake that a node might not survive. */
export const setJsRuntimeOptions = shape("set_js_runtime_options", {
  type: "object",
  properties: {
    max_heap_bytes: { type: "integer", minimum: 1, maximum: 1_099_511_627_776 },
    max_stack_bytes: { type: "integer", minimum: 1, maximum: 1_073_741_824 },
    max_execution_time_ms: { type: "integer", minimum: 1, maximum: 86_400_000 },
    max_cached_interpreters: { type: "integer", minimum: 0, maximum: 10_000 },
    log_exception_details: boolean,
    return_exception_details: boolean,
  },
  required: ["max_heap_bytes", "max_stack_bytes", "max_execution_time_ms"],
  additionalProperties: false,
});
