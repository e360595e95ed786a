import type { Engine } from "./engine.js";

/** A CCF-compatible node inside this process. */
export const embedded: Engine = {
  description: "embedded node: behaves like a CCF node, protected by nothing",
  start() {
    throw new Error("not yet");
  },
};
