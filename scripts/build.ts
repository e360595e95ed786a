/**
 * Builds everything into `dist/`:
 *
 * - `bundle.json`      the application, in the form that the action `set_js_app` takes
 * - `constitution.js`  the constitution, one ES module
 * - `node/`            the programs that run under Node: sandbox, command line, SDK
 */
import { mkdir, rm } from "node:fs/promises";
import { buildApplication } from "./build/application.js";
import { buildConstitution } from "./build/constitution.js";
import { buildPrograms } from "./build/programs.js";
import { dist } from "./build/paths.js";

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await Promise.all([buildApplication(), buildConstitution(), buildPrograms()]);
