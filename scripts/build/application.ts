import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { engineOptions, refuseCodeGeneration } from "./engine.js";
import { type Described, operationOf } from "./openapi.js";
import { root } from "./paths.js";

interface EndpointMetadata extends Described {
  readonly authn_policies: readonly (string | object)[];
  readonly interpreter_reuse?: unknown;
}

export interface Metadata {
  readonly endpoints: Readonly<Record<string, Readonly<Record<string, EndpointMetadata>>>>;
}

/** What `app.json` says. */
export const readMetadata = async (): Promise<Metadata> =>
  JSON.parse(await readFile(join(root, "app.json"), "utf8")) as Metadata;

/** The same, with the full description of every endpoint. */
export async function describedMetadata(): Promise<Metadata> {
  const { endpoints } = await readMetadata();
  const described: Record<string, Record<string, EndpointMetadata>> = {};
  for (const [path, methods] of Object.entries(endpoints))
    for (const [method, endpoint] of Object.entries(methods))
      (described[path] ??= {})[method] = { ...endpoint, openapi: await operationOf(path, method, endpoint) };
  return { endpoints: described };
}

/** Writes `bundle.json`: `app.json` and the modules it names, with what they share in chunks of their own. */
export async function buildApplication(folder: string): Promise<void> {
  const metadata = await describedMetadata();
  const endpoints = Object.values(metadata.endpoints).flatMap((methods) => Object.values(methods));
  const modules = [...new Set(endpoints.map(({ js_module }) => js_module))];

  const { outputFiles, metafile } = await build({
    ...engineOptions,
    entryPoints: modules.map((module) => `src/${module.replace(/\.js$/, ".ts")}`),
    outbase: "src",
    outdir: "app",
    splitting: true,
    chunkNames: "endpoints/shared-[hash]", // beside the endpoints: see checkImports
    minifySyntax: true,
    minifyWhitespace: true, // not names: they stand in stack traces
    metafile: true,
  });

  const sources = new Map(
    outputFiles.map(({ path, text }) => [path.slice(join(root, "app").length + 1), text]),
  );
  for (const [name, text] of sources) {
    refuseCodeGeneration(name, text);
    checkImports(name, text);
  }
  for (const endpoint of endpoints)
    checkEndpoint(endpoint, metafile.outputs[`app/${endpoint.js_module}`]?.exports, sources);

  const bundle = { metadata, modules: [...sources].sort().map(([name, module]) => ({ name, module })) };
  await writeFile(join(folder, "bundle.json"), JSON.stringify(bundle));
}

/**
 * Modules import one another from the same folder only. QuickJS makes `shared/x.js` of `../shared/x.js`, but `/shared/x.js`
 * of `./x.js`; a CCF node takes that for two modules and evaluates the file twice, and then an `instanceof` between the
 * two is false.
 */
function checkImports(name: string, text: string): void {
  for (const [, imported = ""] of text.matchAll(/(?:from|import)\s*"([^"]+)"/g)) {
    if (!/^\.\/[^/]+$/.test(imported)) throw new Error(`${name} imports ${imported}, from another folder`);
  }
}

/** What CCF would only notice when the endpoint is called, in one case by ending the node. */
function checkEndpoint(
  { js_module, js_function, interpreter_reuse }: EndpointMetadata,
  exported: readonly string[] | undefined,
  sources: ReadonlyMap<string, string>,
): void {
  const name = `${js_function} of ${js_module}`;
  if (!exported?.includes(js_function)) throw new Error(`app.json names ${name}, which is not exported`);
  if (interpreter_reuse === undefined) throw new Error(`app.json gives ${name} no interpreter_reuse`);
  // an endpoint's function that is re-exported from another module ends a CCF node
  const imports = [...(sources.get(js_module) ?? "").matchAll(/import\s*\{([^}]*)\}/g)].flatMap(
    ([, list = ""]) => list.split(","),
  );
  const local =
    new RegExp(`export\\s*\\{[^}]*?(\\w+) as ${js_function}\\b`).exec(sources.get(js_module) ?? "")?.[1] ??
    js_function;
  if (
    imports.some(
      (item) =>
        item
          .trim()
          .split(/\s+as\s+/)
          .at(-1) === local,
    )
  ) {
    throw new Error(
      `${name} is imported from another module; an endpoint's function must be defined where app.json says`,
    );
  }
}
