import { existsSync, mkdirSync, readdirSync } from "node:fs";
import type { Engine, RunningNode } from "./engine.js";
import type { Workspace } from "./workspace.js";

/** A node of a network, with the folder in which it keeps its ledger. */
export interface NetworkNode {
  /** For example `node0`. */
  readonly name: string;
  readonly folder: string;
  readonly node: RunningNode;
}

/** Folders of the nodes that a workspace ever had, oldest first; names are never used again. */
export function nodeFolders(workspace: Workspace): { name: string; folder: string }[] {
  const all = workspace.path("nodes");
  if (!existsSync(all)) return [];
  return readdirSync(all)
    .flatMap((name) => (/^node\d+$/.test(name) ? [Number(name.slice(4))] : []))
    .sort((a, b) => a - b)
    .map((number) => ({ name: `node${number}`, folder: workspace.path("nodes", `node${number}`) }));
}

/** Makes the folder of the next node. A node that is alone keeps its ledger in the workspace itself. */
export function nextPlace(workspace: Workspace, engine: Engine): { name: string; folder: string } {
  if (!engine.distributed) return { name: "node0", folder: workspace.folder };
  const last = nodeFolders(workspace).at(-1);
  const name = `node${last === undefined ? 0 : Number(last.name.slice(4)) + 1}`;
  const folder = workspace.path("nodes", name);
  mkdirSync(folder, { recursive: true });
  return { name, folder };
}

/** The nodes that a workspace had, oldest first, whoever started them. */
export async function startedNodes(workspace: Workspace, engine: Engine): Promise<NetworkNode[]> {
  const alone = [{ name: "node0", folder: workspace.folder }];
  const places = engine.distributed ? nodeFolders(workspace) : alone;
  const found = await Promise.all(
    places.map(async (place) => ({ ...place, node: await engine.find(place.folder) })),
  );
  return found.flatMap(({ node, ...place }) => (node ? [{ ...place, node }] : []));
}

/** Those of them that run. */
export async function runningNodes(workspace: Workspace, engine: Engine): Promise<NetworkNode[]> {
  const started = await startedNodes(workspace, engine);
  const ended = await Promise.all(started.map(({ node }) => node.ended()));
  return started.filter((_, at) => ended[at] === undefined);
}
