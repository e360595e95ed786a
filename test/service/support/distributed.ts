import { engineNamed } from "../../../sandbox/engine.js";
import { engine } from "./network.js";

/** Skips tests of what takes several nodes, where the engine runs one. */
export async function requireDistributed(test: Mocha.Context): Promise<void> {
  if ((await engineNamed(engine)).distributed) return;
  console.warn(
    `skipped: networks of several nodes, which engine "${engine}" does not run; npm run test:ccf does`,
  );
  test.skip();
}
