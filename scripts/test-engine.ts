/**
 * `npm run test:ccf`, `npm run test:container`: the whole-service tests on that engine. Arguments go to mocha, for example
 * `npm run test:ccf -- --grep "three nodes"`.
 *
 * Exit status: mocha's, or 77 if the engine is not there.
 */
import { spawnSync } from "node:child_process";
import { engineNamed } from "../sandbox/engine.js";
import { SKIPPED } from "./skipped.js";

const [engine = "", ...options] = process.argv.slice(2);
const runs = await engineNamed(engine);
const missing = await runs.missing();
if (missing !== undefined) {
  console.warn(`skipped: the whole-service tests on engine "${engine}". ${missing}.`);
  process.exit(SKIPPED);
}
await runs.prepare?.();
const { status } = spawnSync("mocha", ["test/service/**/*.test.ts", ...options], {
  stdio: "inherit",
  env: { ...process.env, CONSORTIUM_ENGINE: engine },
});
process.exit(status ?? 1);
