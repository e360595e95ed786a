import type { QuickJSHandle } from "quickjs-emscripten-core";
import { internalError } from "../guest-error.js";
import type { HostCall, HostFunctions } from "../host-call.js";
import type { Interpreter } from "../interpreter.js";
import { parseJson } from "../json.js";
import { bytesToText } from "../text.js";
import type { CallerIdentity, EndpointRequest } from "../types.js";

const bodyFunctions: HostFunctions = {
  text: [0, (call) => bytesToText(bodyOf(call))],
  json: [0, (call) => parseJson(call.interpreter, bodyOf(call))],
  arrayBuffer: [0, (call) => bodyOf(call)],
};

function bodyOf(call: HostCall): Uint8Array {
  call.requireArguments(0, ", but expected none");
  const { request } = call.invocation;
  if (!request) throw internalError("RPC context is not set");
  return request.body;
}

/** The object that a handler is called with. Its body is read when asked for. */
export function requestObject(interpreter: Interpreter, request: EndpointRequest): QuickJSHandle {
  const { headers, query, path, method, route, params, caller } = request;
  const fields = {
    headers,
    query,
    path,
    method,
    hostname: headers.host ?? null,
    route,
    url: query === "" ? path : `${path}?${query}`,
    params,
    body: null,
    caller: caller && describe(caller),
  };
  const functions = interpreter.kept("functions of a request's body", () =>
    interpreter.functionsObject(bodyFunctions),
  );
  return interpreter.help("withBody", fields, functions);
}

/** One policy has its name in `policy`, several have the list of their names, and each a field of its own. */
function describe(caller: CallerIdentity): object {
  if (caller.policy !== "all_of") return caller;
  const names = caller.identities.map(([name]) => name);
  const identities = caller.identities.map(([name, identity]) => [name, describe(identity)] as const);
  return { ...Object.fromEntries(identities), policy: names };
}
