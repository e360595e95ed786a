import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readlinkSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UsageError } from "../../sdk/errors.js";
import type { Beginning, Engine, NodePlace, RunningNode } from "../engine.js";
import { type Interfaces, nodeFiles, prepareNode, readServiceCertificate } from "./configuration.js";
import { whyEnded } from "./node-log.js";
import { freePort } from "./ports.js";
import { readPlacement, writePlacement } from "./placement.js";

/** Where the CCF package installs the executable for JavaScript applications. */
const INSTALLED = "/opt/ccf/bin/js_generic";

/** milliseconds */
const STOPS_WITHIN = 10_000;

/** Real CCF nodes: the executable that `CCF_BIN` names, or the one that the CCF package installed. */
export const executable: Engine = {
  description: "CCF on this machine, in virtual mode: protected by nothing",
  distributed: true,
  missing: () => Promise.resolve(missing()),
  start,
  find: (folder) => Promise.resolve(find(folder)),
  serviceCertificate: readServiceCertificate,
};

/** The node that is run. */
export const executablePath = (): string => process.env.CCF_BIN ?? INSTALLED;

function missing(): string | undefined {
  const path = executablePath();
  if (existsSync(path)) return undefined;
  return `There is no CCF node at ${path}. Install the CCF package, version 7, or name its js_generic in CCF_BIN`;
}

async function start(place: NodePlace, beginning: Beginning): Promise<RunningNode> {
  const lacking = missing();
  if (lacking !== undefined) throw new UsageError("EngineMissing", lacking);
  const { folder, address } = place;
  const interfaces = {
    clients: await own(address, place.port),
    operators: await own(address),
    nodes: await own(address),
  } satisfies Interfaces;
  const target = beginning.type === "Join" ? beginning.target.joinAddress : undefined;
  prepareNode(folder, beginning, interfaces, target);

  const log = openSync(join(folder, nodeFiles.log), "a");
  // Of a session of its own: Ctrl-C in the terminal is for whoever stops the nodes in order.
  const child = spawn(executablePath(), ["--config", nodeFiles.configuration], {
    cwd: folder,
    stdio: ["ignore", log, log],
    detached: true,
    env: environment(),
  });
  closeSync(log);
  await new Promise((spawned, failed) => child.once("spawn", spawned).once("error", failed));
  try {
    writePlacement(folder, {
      url: `https://${interfaces.clients.published}`,
      joinAddress: interfaces.operators.published,
      ...(child.pid !== undefined && { process: child.pid }),
    });
  } catch (error) {
    // Nobody would find it again.
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    throw error;
  }
  child.unref();
  const node = find(folder);
  if (node) return node;
  throw new Error(`What was written of the node in ${folder} is gone`);
}

/** A node logs its whole environment, which may hold secrets of whoever starts it; it needs nothing but libraries. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, LD_LIBRARY_PATH } = process.env;
  return { PATH, LD_LIBRARY_PATH };
}

async function own(address: string, port?: number) {
  const listening = `${address}:${await freePort(address, port)}`;
  return { bind: listening, published: listening };
}

function find(folder: string): RunningNode | undefined {
  const placement = readPlacement(folder);
  const pid = placement?.process;
  if (placement === undefined || pid === undefined) return undefined;
  const gone = async (within: number): Promise<boolean> => {
    for (const until = Date.now() + within; runsIn(pid, folder);) {
      if (Date.now() > until) return false;
      await sleep(20);
    }
    return true;
  };
  const kill = async (): Promise<void> => {
    if (runsIn(pid, folder)) signal(pid, "SIGKILL");
    await gone(STOPS_WITHIN);
  };
  return {
    url: placement.url,
    joinAddress: placement.joinAddress,
    ended: () => Promise.resolve(runsIn(pid, folder) ? undefined : whyEnded(folder)),
    kill,
    async stop() {
      if (runsIn(pid, folder)) signal(pid, "SIGTERM");
      if (!(await gone(STOPS_WITHIN))) await kill();
    },
  };
}

/** Whether a process is the node of a folder: process ids are used again, so this looks at where it works. */
function runsIn(pid: number, folder: string): boolean {
  try {
    // A process that has ended but whose parent has not noticed yet works nowhere.
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder);
  } catch {
    return false;
  }
}

/** @param pid of a process that is known to be the node */
function signal(pid: number, name: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // it has ended by itself
  }
}
