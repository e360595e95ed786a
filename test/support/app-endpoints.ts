import { readMetadata } from "../../scripts/build/application.js";
import { endpointOf } from "../../scripts/build/openapi.js";
import type { Endpoint } from "../../src/kit/endpoint.js";

/** An endpoint as `app.json` names it. */
export interface AppEndpoint {
  /** Method and path: `PUT /contracts/{contractId}`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** The source file, from the root of the project. */
  readonly source: string;
  readonly handler: Endpoint;
}

/** Every endpoint of the application. */
export async function appEndpoints(): Promise<readonly AppEndpoint[]> {
  const { endpoints } = await readMetadata();
  const found = Object.entries(endpoints).flatMap(([path, methods]) =>
    Object.entries(methods).map(async ([verb, described]): Promise<AppEndpoint> => {
      const method = verb.toUpperCase();
      const source = `src/${described.js_module.replace(/\.js$/, ".ts")}`;
      return { name: `${method} ${path}`, method, path, source, handler: await endpointOf(described) };
    }),
  );
  return Promise.all(found);
}
