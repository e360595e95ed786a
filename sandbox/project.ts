import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../sdk/errors.js";

/** The project's folder, found from this file upwards: the same whether this runs from source or from `dist/`. */
export const projectFolder = above(dirname(fileURLToPath(import.meta.url)));

/**
 * The path of a file that `npm run build` makes.
 *
 * @param name for example `bundle.json`
 * @throws {UsageError} `NotBuilt`
 */
export function builtFile(name: string): string {
  const path = join(projectFolder, "dist", name);
  if (existsSync(path)) return path;
  throw new UsageError("NotBuilt", `dist/${name} does not exist; build it with: npm run build`);
}

function above(folder: string): string {
  return existsSync(join(folder, "package.json")) ? folder : above(dirname(folder));
}
