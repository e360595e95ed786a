import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { AnyTerms, Endpoint } from "../../src/kit/endpoint.js";
import type { Shape } from "../../src/schemas/shape.js";
import { attestedRequest, boundRequest } from "../../src/schemas/requests.js";
import { root } from "./paths.js";
import { refusalsOf, statusOf } from "./terms.js";

type Json = Record<string, unknown>;

/** What `app.json` says of an endpoint, as far as its description is concerned. */
export interface Described {
  readonly js_module: string;
  readonly js_function: string;
  /** In the source only what people say (`summary`, `description`, `tags`, `deprecated`); in the bundle all of it. */
  readonly openapi: Json;
}

/** The function of an endpoint with the terms it was made of. */
export async function endpointOf({ js_module, js_function }: Described): Promise<Endpoint> {
  const file = pathToFileURL(join(root, "src", js_module.replace(/\.js$/, ".ts"))).href;
  const module = (await import(file)) as Record<string, Endpoint>;
  const endpoint = module[js_function];
  if (endpoint === undefined)
    throw new Error(`app.json names ${js_function} of ${js_module}, which is not exported`);
  return endpoint;
}

/**
 * The OpenAPI operation of an endpoint: the words of `app.json`, and the shapes of its terms. CCF serves what it finds with
 * each endpoint at `/app/api` as it is, in a document of OpenAPI 3.0.
 */
export async function operationOf(path: string, method: string, described: Described): Promise<Json> {
  const { terms } = await endpointOf(described);
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => ({
      ...parameter("path", name, terms.path?.[name]?.schema),
      required: true,
    })),
    ...Object.entries(terms.query ?? {}).map(([name, reader]) => parameter("query", name, reader.schema)),
  ];
  const bodies = terms.bodies ?? (terms.body === undefined ? [] : [terms.body]);
  return {
    operationId: described.js_function + (described.openapi.deprecated === true ? "Deprecated" : ""),
    ...described.openapi,
    ...(parameters.length > 0 && { parameters }),
    ...(bodies.length > 0 && { requestBody: { content: requestContent(bodies) } }),
    responses: {
      ...success(terms.status ?? 200, terms.answer),
      ...(terms.later && { 202: { description: "Not yet; ask again after the seconds in retry-after." } }),
      ...failures(terms),
    },
  };
}

function parameter(place: "path" | "query", name: string, schema: unknown): Json {
  return { in: place, name, schema: openApiSchema(schema ?? { type: "string" }) };
}

function requestContent(bodies: readonly Shape[]): Json {
  const schemas = bodies.filter((body) => body !== boundRequest).map(({ schema }) => openApiSchema(schema));
  const schema = schemas.length > 1 ? { anyOf: schemas } : schemas[0];
  // see docs/bound-requests.md
  const bound = { schema: { type: "string", format: "binary" } };
  if (bodies.includes(boundRequest))
    return { "application/cose": { ...bound, ...(schema !== undefined && { "x-content": schema }) } };
  return {
    "application/json": { schema },
    ...(bodies.includes(attestedRequest) && { "application/cose": bound }),
  };
}

function success(status: number, answer: Shape | undefined): Json {
  if (answer === undefined) return { [status]: { description: "Done; the answer has no body." } };
  const content = { "application/json": { schema: openApiSchema(answer.schema) } };
  return { [status]: { description: "Done.", content } };
}

/** By status, the codes that come with it. The body is the same for all, CCF's own errors included. */
function failures(terms: AnyTerms): Json {
  const responses: Record<string, { description: string }> = {};
  for (const code of refusalsOf(terms)) {
    const status = statusOf(terms, code);
    const described = responses[status]?.description;
    responses[status] = { description: described === undefined ? code : `${described}, ${code}` };
  }
  return { ...responses, default: { $ref: "#/components/responses/default" } };
}

/** A JSON Schema (2020-12) in the dialect of OpenAPI 3.0, which has no `null`, no `const` and one type at a time. */
function openApiSchema(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(openApiSchema);
  if (typeof schema !== "object" || schema === null) return schema;
  const { type, const: constant, enum: values, ...rest } = schema as Json;
  const converted = Object.fromEntries(
    Object.entries(rest).map(([name, part]) => [
      name,
      name === "properties"
        ? Object.fromEntries(Object.entries(part as Json).map(([key, one]) => [key, openApiSchema(one)]))
        : openApiSchema(part),
    ]),
  );
  if (constant !== undefined) return { ...converted, enum: [constant] };
  if (Array.isArray(values)) {
    const nullable = values.includes(null) && { nullable: true };
    return { ...converted, ...(type !== undefined && { type }), enum: values, ...nullable };
  }
  if (!Array.isArray(type)) return { ...converted, ...(type !== undefined && { type }) };
  const [first, ...others] = type.filter((one) => one !== "null") as string[];
  const nullable = type.includes("null") && { nullable: true };
  if (others.length === 0) return { ...converted, type: first, ...nullable };
  return { ...converted, anyOf: [first, ...others].map((one) => ({ type: one })), ...nullable };
}
