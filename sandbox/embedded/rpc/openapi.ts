import type { Endpoint } from "./http.js";
import { parseTemplate } from "./router.js";

type JsonObject = Record<string, unknown>;

/** What a frontend's interface is called. */
export interface ApiInfo {
  readonly title: string;
  readonly description: string;
  readonly version: string;
}

/** An OpenAPI document. @param paths by path, with prefix; those of the endpoints come beside them */
export function openapiDocument(
  info: ApiInfo,
  prefix: string,
  endpoints: readonly Endpoint[],
  paths: Record<string, JsonObject> = {},
): JsonObject {
  const described = { ...paths };
  for (const endpoint of endpoints) {
    if (endpoint.openapi === false) continue;
    const path = `/${prefix}${endpoint.path}`;
    const parameters = parseTemplate(path)?.names.map(pathParameter);
    described[path] = {
      ...(parameters ? { parameters } : {}),
      [endpoint.method.toLowerCase()]: operation(endpoint, path),
      ...described[path],
    };
  }
  return { openapi: "3.0.0", info, servers: [], components, paths: described };
}

function operation({ method, openapi }: Endpoint, path: string): JsonObject {
  const { responses, ...more } = openapi === false ? {} : (openapi ?? {});
  return {
    operationId: operationId(method, path),
    responses: {
      ...(responses ?? { 200: { description: "Default response description" } }),
      default: { $ref: "#/components/responses/default" },
    },
    "x-ccf-forwarding": { $ref: "#/components/x-ccf-forwarding/sometimes" },
    ...more,
  };
}

/** For example `GetNodeCommit`. */
function operationId(method: string, path: string): string {
  const words = [method.toLowerCase(), ...path.replace(/[{}]/g, "").split(/[^A-Za-z0-9]+/)];
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

function pathParameter(name: string) {
  return { in: "path", name, required: true, schema: { type: "string" } };
}

const codeList = "https://microsoft.github.io/CCF/main/operations/troubleshooting.html#error-codes";

const components = {
  responses: {
    default: {
      content: { "application/json": { schema: { $ref: "#/components/schemas/CCFError" } } },
      description: "An error occurred",
    },
  },
  schemas: {
    CCFError: {
      type: "object",
      properties: {
        error: {
          type: "object",
          properties: {
            code: { description: `Response error code. CCF error codes: ${codeList}`, type: "string" },
            message: { description: "Response error message", type: "string" },
          },
        },
      },
    },
    GetCommit__Out: {
      type: "object",
      required: ["transaction_id"],
      properties: {
        transaction_id: { $ref: "#/components/schemas/TransactionId" },
        view_history: { type: "array", items: { $ref: "#/components/schemas/TransactionId" } },
      },
    },
    TransactionId: { type: "string", pattern: "^[0-9]+\\.[0-9]+$" },
    boolean: { type: "boolean" },
    uint64: { type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
  },
  "x-ccf-forwarding": {
    always: { value: "always", description: "This node has no others to forward requests to." },
    sometimes: { value: "sometimes", description: "This node has no others to forward requests to." },
    never: { value: "never", description: "This node has no others to forward requests to." },
  },
};
