import type { Transaction } from "../../kv/store.js";
import { commonEndpoints } from "../common-endpoints.js";
import { type Frontend, builtInOperation } from "../frontend.js";
import * as tables from "../gov/tables.js";
import type { Endpoint, RpcContext, RpcResponse } from "../http.js";
import { openapiDocument } from "../openapi.js";
import { type Route, Router, sortMethods } from "../router.js";
import { type AppEndpoint, readEndpointProperties } from "./endpoint-properties.js";
import { jsOperation } from "./js-operation.js";

/** What CCF calls an application that says nothing of itself. */
const info = { title: "Empty title", description: "Empty description", version: "0.0.1" };

/** The application that the members installed, and behind it what every frontend has. */
export function appFrontend(): Frontend {
  const common = commonEndpoints((context) => describe(context, common));
  const commonRouter = new Router(
    common.map((target) => ({ method: target.method, path: target.path, target })),
  );
  const installed = new InstalledRoutes();
  return {
    isOpen: (node) => tables.serviceInfo(node.ledger.store.begin()).get()?.status === "Open",
    find: (method, path, tx) => {
      const found = installed.of(tx).find(method, path);
      if (found) {
        const { route, params } = found;
        return jsOperation(route.target(), { method, route: route.path, params });
      }
      const builtIn = commonRouter.find(method, path);
      return builtIn && builtInOperation(builtIn.route.target, builtIn.params);
    },
    methodsOf: (path, tx) =>
      sortMethods([...commonRouter.methodsOf(path), ...installed.of(tx).methodsOf(path)]),
  };
}

/** Reads an endpoint's properties. @throws {Error} if they are wrong, whenever it is called */
type LazyEndpoint = () => AppEndpoint;

/** The routes of the application that is installed at present. */
class InstalledRoutes {
  #contents: unknown;
  #router = new Router<LazyEndpoint>([]);

  of(tx: Transaction): Router<LazyEndpoint> {
    const table = tables.endpoints(tx).raw;
    // A table's contents are another object whenever they have changed.
    const [, contents] = [...tx.dependencies].find(([name]) => name === ENDPOINTS_TABLE) ?? [];
    if (contents !== this.#contents) {
      const routes: Route<LazyEndpoint>[] = [];
      table.forEach((properties, key) => {
        const [method, path] = splitKey(Buffer.from(key).toString("utf8"));
        routes.push({ method, path, target: readOnce(properties) });
      });
      this.#router = new Router(routes);
      this.#contents = contents;
    }
    return this.#router;
  }
}

function readOnce(properties: Uint8Array): LazyEndpoint {
  let endpoint: AppEndpoint | undefined;
  return () => (endpoint ??= readEndpointProperties(properties));
}

const ENDPOINTS_TABLE = "public:ccf.gov.endpoints";

/** @param key such as `GET /contracts/{id}` */
function splitKey(key: string): [method: string, path: string] {
  const space = key.indexOf(" ");
  return [key.slice(0, space), key.slice(space + 1)];
}

function describe({ tx }: RpcContext, common: readonly Endpoint[]): RpcResponse {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [key, { openapi = {}, openapi_hidden: hidden }] of tables.endpoints(tx).entries()) {
    const [method, path] = splitKey(key);
    if (hidden !== true) (paths[`/app${path}`] ??= {})[method.toLowerCase()] = openapi;
  }
  return { status: 200, body: openapiDocument(info, "app", common, paths) };
}
