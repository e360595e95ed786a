import { pathToFileURL } from "node:url";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import type { Plugin } from "esbuild";
import { ajvOptions, type Shape } from "../../src/schemas/shape.js";
import { root } from "./paths.js";

const standaloneCode = standalone.default;

const isShape = (value: unknown): value is Shape =>
  typeof value === "object" && value !== null && "schema" in value && "validate" in value;

/** Plain code of a validator, as an ES module whose default export it is. */
function compile({ name, schema }: Shape): string {
  const ajv = new Ajv({ ...ajvOptions, code: { source: true, esm: true } });
  try {
    return standaloneCode(ajv, ajv.compile(schema as object));
  } catch (error) {
    throw new Error(`the shape "${name}" does not compile`, { cause: error });
  }
}

/**
 * Replaces each module of `src/schemas/` by one with the same exports in which validators are plain code, since ajv
 * generates code and an engine forbids that. A validator is a module of its own, so that what is not used is left out.
 */
export const compiledShapes: Plugin = {
  name: "compiled-shapes",
  setup(build) {
    const code = new Map<string, string>();

    build.onLoad({ filter: /[\\/]src[\\/]schemas[\\/].*\.ts$/ }, async ({ path }) => {
      if (/[\\/]schemas[\\/]shape\.ts$/.test(path)) return undefined;
      // arguments of actions are checked by reading their schemas: src/schemas/actions/interpreted.ts says why
      if (/[\\/]schemas[\\/]actions[\\/]/.test(path)) return undefined;
      // answers are described for people and checked in tests, not in the engine
      const described = /[\\/]schemas[\\/]answers[\\/]/.test(path);
      const exported = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
      const lines = Object.entries(exported).map(([name, value]) => {
        if (!isShape(value)) return `export const ${name} = ${JSON.stringify(value)};`;
        if (described) return `export const ${name} = { name: ${JSON.stringify(value.name)} };`;
        const module = `compiled-shape:${path}#${name}`;
        code.set(module, compile(value));
        return `import validate_${name} from ${JSON.stringify(module)};
export const ${name} = { name: ${JSON.stringify(value.name)}, validate: validate_${name} };`;
      });
      return { contents: lines.join("\n"), loader: "js" };
    });

    build.onResolve({ filter: /^compiled-shape:/ }, ({ path }) => ({
      path,
      namespace: "compiled-shape",
      sideEffects: false,
    }));
    build.onLoad({ filter: /.*/, namespace: "compiled-shape" }, ({ path }) => ({
      contents: code.get(path) ?? "",
      loader: "js",
      resolveDir: root,
    }));
  },
};
