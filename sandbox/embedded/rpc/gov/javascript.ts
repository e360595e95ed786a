import { missingProperty } from "../app/endpoint-properties.js";
import { RpcError } from "../errors.js";
import { decodeQueryText, parseQuery } from "../query.js";
import { read } from "./endpoint.js";
import { notFound } from "./identifiers.js";
import { invalidInput } from "./json-text.js";
import * as tables from "./tables.js";

const since = "2024-07-01";

const application = read(
  "/service/javascript-app",
  ({ tx, request }) => {
    const asStored = wantsOriginalCase(request.query);
    const endpoints: Record<string, Record<string, unknown>> = {};
    for (const [key, properties] of tables.endpoints(tx).entries()) {
      const missing = missingProperty(properties);
      if (missing !== undefined) throw invalidInput(`At #/: ${missing}`);
      const space = key.indexOf(" ");
      const [method, path] = [key.slice(0, space), key.slice(space + 1)];
      (endpoints[path] ??= {})[method] = asStored ? properties : describe(properties);
    }
    return { status: 200, body: { endpoints } };
  },
  { since },
);

function wantsOriginalCase(query: string): boolean {
  const wanted = parseQuery(query).get("case");
  if (wanted !== undefined && wanted !== "original")
    throw new RpcError(
      400,
      "InvalidQueryParameterValue",
      "Accepted values for the 'case' query parameter are: original",
    );
  return wanted !== undefined;
}

function describe(properties: Record<string, unknown>) {
  return {
    jsModule: properties.js_module ?? "",
    jsFunction: properties.js_function ?? "",
    forwardingRequired: properties.forwarding_required,
    redirectionStrategy: properties.redirection_strategy ?? "to_primary",
    authnPolicies: properties.authn_policies,
    mode: properties.mode ?? "readwrite",
    openApi: properties.openapi ?? null,
  };
}

const moduleNames = read(
  "/service/javascript-modules",
  ({ tx }) => {
    const value = tables
      .modules(tx)
      .entries()
      .map(([moduleName]) => ({ moduleName }));
    return { status: 200, body: { value } };
  },
  { since },
);

const moduleText = read(
  "/service/javascript-modules/{moduleName}",
  ({ tx, params }) => {
    const name = decodeQueryText(params.moduleName ?? "");
    const text = tables.modules(tx).get(name);
    if (text === undefined) throw notFound(`Module ${name} does not exist.`);
    return { status: 200, headers: { "content-type": "text/javascript" }, body: text };
  },
  { since },
);

/** The application that the members installed. */
export const javascriptEndpoints = [application, moduleNames, moduleText];
