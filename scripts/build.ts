/**
 * Builds everything into `dist/`:
 *
 * - `bundle.json`      the application, in the form that the action `set_js_app` takes
 * - `constitution.js`  the constitution, one ES module
 * - `node/`            the programs that run under Node: sandbox, command line, SDK
 *
 * It is built beside `dist/` and takes its place when it is complete, so a build that fails changes nothing.
 */
import { mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { buildApplication } from "./build/application.js";
import { buildConstitution } from "./build/constitution.js";
import { root } from "./build/paths.js";
import { buildPrograms } from "./build/programs.js";

const dist = join(root, "dist");
const built = await mkdtemp(`${dist}-`);
try {
  await Promise.all([buildApplication(built), buildConstitution(built), buildPrograms(built)]);
  await rm(dist, { recursive: true, force: true });
  await rename(built, dist);
} finally {
  await rm(built, { recursive: true, force: true });
}
