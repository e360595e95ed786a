import { setJsApp, setJsRuntimeOptions } from "../../src/schemas/actions/application.js";
import { noArguments } from "../../src/schemas/actions/service.js";
import type { Of } from "../../src/schemas/shape.js";
import { action } from "../action.js";
import {
  bytecode,
  bytecodeVersion,
  endpoints,
  interpreterFlush,
  modules,
  runtimeOptions,
} from "../tables.js";

const METHODS = ["get", "put", "post", "delete", "patch", "head", "options"];

type Bundle = Of<typeof setJsApp>["bundle"];

/** Replaces the application. */
const set_js_app = action({
  arguments: setJsApp,
  decision: { delegate: { role: "cgsOperator", option: "autoapprove-jsapp-proposal" } },
  check({ bundle }) {
    const names = bundle.modules.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) < index);
    if (twice !== undefined) throw new Error(`the bundle has two modules "${twice}"`);
    const seen = new Set<string>();
    for (const { path, method, key, properties } of endpointsOf(bundle)) {
      const where = `the endpoint "${method} ${path}"`;
      if (!path.startsWith("/")) throw new Error(`${where} must have a path that starts with "/"`);
      if (!METHODS.includes(method.toLowerCase()))
        throw new Error(`${where} has a method that CCF does not serve`);
      if (seen.has(key)) throw new Error(`${where} is there twice`);
      seen.add(key);
      if (!names.includes(properties.js_module))
        throw new Error(`${where} names the module "${properties.js_module}", which is not in the bundle`);
    }
  },
  apply({ bundle, disable_bytecode_cache }) {
    removeApplication();
    const sources = modules();
    for (const { name, module } of bundle.modules) sources.set(`/${name}`, module);
    if (!disable_bytecode_cache) ccf.refreshAppBytecodeCache();
    interpreterFlush().set(undefined, true);
    const rows = endpoints();
    for (const { key, properties } of endpointsOf(bundle))
      rows.set(key, { ...properties, js_module: `/${properties.js_module}` });
  },
});

function endpointsOf({ metadata }: Bundle) {
  return Object.entries(metadata.endpoints).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, properties]) => ({
      path,
      method,
      properties,
      /** As CCF looks endpoints up. */
      key: `${method.toUpperCase()} ${path}`,
    })),
  );
}

const remove_js_app = action({ arguments: noArguments, apply: removeApplication });

function removeApplication(): void {
  for (const table of [modules, endpoints, bytecode, bytecodeVersion, interpreterFlush]) table().clear();
}

const refresh_js_app_bytecode_cache = action({
  arguments: noArguments,
  apply: () => ccf.refreshAppBytecodeCache(),
});

const set_js_runtime_options = action({
  arguments: setJsRuntimeOptions,
  apply: (options) => runtimeOptions().set(undefined, options),
});

export const application = {
  set_js_app,
  remove_js_app,
  refresh_js_app_bytecode_cache,
  set_js_runtime_options,
};
