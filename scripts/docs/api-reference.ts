import type { Metadata } from "../build/application.js";
import { notation } from "./notation.js";

type Operation = Metadata["endpoints"][string][string];

/** The parts of an OpenAPI operation that `../build/openapi.ts` writes. */
interface Description {
  readonly summary?: string;
  readonly description?: string;
  readonly deprecated?: boolean;
  readonly tags?: readonly string[];
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: object }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, Response>>;
}
interface Content {
  readonly schema: object;
  /** Of a bound request: the shape of what it says. */
  readonly "x-content"?: object;
}
interface Response {
  readonly description?: string;
  readonly content?: Readonly<Record<string, Content>>;
}

/** What people call the policies by which CCF authenticates. */
const CALLERS: Readonly<Record<string, string>> = {
  member_cert: "member",
  user_cert: "user by certificate",
  jwt: "holder of a token",
  no_auth: "attested code",
};

/** The reference of the API, in Markdown: one section per tag, one heading per endpoint. */
export function apiReference({ endpoints }: Metadata): string {
  const sections = new Map<string, string[]>();
  for (const [path, methods] of Object.entries(endpoints)) {
    for (const [method, operation] of Object.entries(methods)) {
      const [tag = "Other"] = descriptionOf(operation).tags ?? [];
      sections.set(tag, [
        ...(sections.get(tag) ?? []),
        endpointSection(method.toUpperCase(), path, operation),
      ]);
    }
  }
  const body = [...sections].map(([tag, entries]) => `## ${tag}\n\n${entries.join("\n\n")}`);
  return `${INTRODUCTION}\n\n${body.join("\n\n")}\n`;
}

const INTRODUCTION = `# API reference

Generated from the terms that every endpoint states (\`npm run docs\`); a node serves the same as an OpenAPI document at
\`/app/api\`. What the answers mean, and what receipts prove, is in [api.md](api.md).

All paths are below \`/app\`. Shapes are written as TypeScript types: \`?\` marks what may be absent, \`any\` is any JSON.
A request of attested code comes as JSON or as a [bound request](bound-requests.md) (\`application/cose\`), whose content is
the same. Every answer may also be an error of CCF itself: 401 \`InvalidAuthenticationInfo\`, 404 \`ResourceNotFound\`, 405
\`UnsupportedHttpVerb\`, 413 \`RequestBodyTooLarge\`, 500 \`InternalError\`, 503.`;

const descriptionOf = ({ openapi }: Operation): Description => openapi as unknown as Description;

function endpointSection(method: string, path: string, operation: Operation): string {
  const description = descriptionOf(operation);
  const { summary = "", deprecated, parameters = [], requestBody, responses } = description;
  const query = parameters.filter((parameter) => parameter.in === "query");
  const lines = [
    `### ${method} ${path}`,
    [summary, deprecated && "**Deprecated.**", description.description].filter(Boolean).join(" "),
    `- Callers: ${callersOf(operation)}`,
    query.length > 0 &&
      `- Query: ${query.map(({ name, schema }) => `\`${name}\` (\`${notation(schema)}\`)`).join(", ")}`,
    requestBody && `- Request: ${requestOf(requestBody.content)}`,
    ...Object.entries(responses).flatMap(([status, response]) => answerLine(status, response)),
  ];
  return lines.filter(Boolean).join("\n\n").replaceAll("\n\n- ", "\n- ").replace("\n- ", "\n\n- ");
}

function requestOf(content: Readonly<Record<string, Content>>): string {
  const { "application/json": json, "application/cose": bound } = content;
  if (json !== undefined) return code(json.schema);
  const what = bound?.["x-content"];
  return `a bound request ${what === undefined ? "without content" : `with the content ${code(what)}`}`;
}

function callersOf({ authn_policies }: Operation): string {
  if (authn_policies.length === 0)
    return "anybody; code proves itself by evidence where the request has a place for it";
  return authn_policies
    .map((policy) => (typeof policy === "string" ? (CALLERS[policy] ?? policy) : ""))
    .join(", ");
}

function answerLine(status: string, { content, description = "" }: Response): string[] {
  if (status === "default") return [];
  if (Number(status) >= 300)
    return [
      `- ${status}: ${description
        .split(", ")
        .map((one) => `\`${one}\``)
        .join(", ")}`,
    ];
  const schema = content?.["application/json"]?.schema;
  return [`- ${status}: ${schema === undefined ? "no body" : code(schema)}`];
}

const code = (schema: object | undefined): string => `\`${notation(schema ?? {})}\``;
