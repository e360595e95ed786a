import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Of, shape } from "../../src/schemas/shape.js";

/** How a node that was started can be found again, by any process. */
const placement = shape("nodePlacement", {
  type: "object",
  required: ["url", "joinAddress"],
  additionalProperties: false,
  properties: {
    /** For clients. */
    url: { type: "string" },
    /** `host:port` for nodes that join. */
    joinAddress: { type: "string" },
    /** Process id. */
    process: { type: "integer", minimum: 1 },
    /** Id of a container. */
    container: { type: "string" },
  },
});
export type Placement = Of<typeof placement>;

const FILE = "placement.json";

export function writePlacement(folder: string, written: Placement): void {
  writeFileSync(join(folder, FILE), JSON.stringify(written));
}

/** @returns `undefined` if no node was started in the folder */
export function readPlacement(folder: string): Placement | undefined {
  const file = join(folder, FILE);
  if (!existsSync(file)) return undefined;
  const content: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (placement.validate(content)) return content as Placement;
  throw new Error(`${file} was not written by this version; delete the folder of this node`);
}
