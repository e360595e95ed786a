import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerRuntimeClient } from "testcontainers";
import { UsageError } from "../../sdk/errors.js";
import type { Beginning, Engine, NodePlace, RunningNode } from "../engine.js";
import {
  CONTAINER_PORTS,
  type Interfaces,
  nodeFiles,
  prepareNode,
  readServiceCertificate,
} from "./configuration.js";
import { readyImage } from "./image.js";
import { whyEnded } from "./node-log.js";
import { readPlacement, writePlacement } from "./placement.js";
import { freePort } from "./ports.js";

/** Where a node finds its folder. */
const MOUNTED = "/node";
/** Says of a container whose it is: the folder of its node. */
const LABEL = "consortium-ledger.node";
/** seconds */
const STOPS_WITHIN = 10;

/** Real CCF nodes, each in a container of its own, on a network of their own. */
export const container: Engine = {
  description: "CCF in containers, in virtual mode: protected by nothing",
  distributed: true,
  missing,
  prepare,
  start,
  find,
  serviceCertificate: readServiceCertificate,
};

type Docker = ContainerRuntimeClient["container"]["dockerode"];
export type ContainerRequest = Parameters<Docker["createContainer"]>[0];

/** The library is loaded when it is wanted: nobody else needs it. */
async function runtime(): Promise<ContainerRuntimeClient> {
  const { getContainerRuntimeClient } = await import("testcontainers");
  return getContainerRuntimeClient();
}

async function missing(): Promise<string | undefined> {
  try {
    await runtime();
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const advice = "Install Docker and start it; or Podman, and name its socket in DOCKER_HOST";
    return `No container runtime answers (${reason}). ${advice}`;
  }
}

async function prepare(): Promise<void> {
  await readyImage(await runtime());
}

async function start(place: NodePlace, beginning: Beginning): Promise<RunningNode> {
  const lacking = await missing();
  if (lacking !== undefined) throw new UsageError("EngineMissing", lacking);
  const client = await runtime();
  const docker = client.container.dockerode;
  const image = await readyImage(client);
  const { folder, name, address } = place;
  const published = `${address}:${await freePort(address, place.port)}`;
  const interfaces = interfacesOf(name, published);
  const target = beginning.type === "Join" ? beginning.target.joinAddress : undefined;
  prepareNode(folder, beginning, interfaces, target);

  const network = networkOf(folder);
  await makeNetwork(docker, network);
  const user = userInside((await docker.info()) as object);
  const created = await docker.createContainer(containerRequest(place, { image, network, published, user }));
  writePlacement(folder, {
    url: `https://${published}`,
    joinAddress: interfaces.operators.published,
    container: created.id,
  });
  try {
    await created.start();
  } catch (error) {
    await created.remove({ force: true }).catch(() => undefined); // some runtimes have removed it
    await removeNetwork(docker, network);
    throw error;
  }
  const node = await find(folder);
  if (node) return node;
  throw new Error(`What was written of the node in ${folder} is gone`);
}

/** @param published `host:port` for clients */
export function interfacesOf(name: string, published: string): Interfaces {
  const inside = (port: number) => ({ bind: `0.0.0.0:${port}`, published: `${name}:${port}` });
  return {
    clients: { bind: `0.0.0.0:${CONTAINER_PORTS.clients}`, published },
    operators: inside(CONTAINER_PORTS.operators),
    nodes: inside(CONTAINER_PORTS.nodes),
  };
}

/**
 * What the container runtime is asked for. The node's folder is mounted, and written to as `user`; only clients reach the
 * node from outside, at one address. The container outlives this process, so it is made without the library's reaper, which
 * ends what a process leaves behind; it is removed when the node has ended, since everything that stays is in the folder.
 */
export function containerRequest(
  { name, folder }: Pick<NodePlace, "name" | "folder">,
  asked: { image: string; network: string; published: string; user: string | undefined },
): ContainerRequest {
  const { image, network, published, user } = asked;
  const [HostIp, HostPort] = splitAddress(published);
  const clients = `${CONTAINER_PORTS.clients}/tcp`;
  const run = `exec /opt/ccf/bin/js_generic --config ${nodeFiles.configuration} >> ${nodeFiles.log} 2>&1`;
  return {
    Image: image,
    Entrypoint: ["/bin/sh", "-c"],
    Cmd: [run],
    WorkingDir: MOUNTED,
    Labels: { [LABEL]: folder },
    ...(user !== undefined && { User: user }),
    ExposedPorts: { [clients]: {} },
    HostConfig: {
      // z: the container may use the folder where SELinux confines it; without effect elsewhere
      Binds: [`${folder}:${MOUNTED}:z`],
      PortBindings: { [clients]: [{ HostIp, HostPort }] },
      NetworkMode: network,
      AutoRemove: true,
    },
    NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [name] } } },
  };
}

/**
 * Who writes to the node's folder, so that its files belong to whoever runs this: in a runtime without root, its root.
 *
 * @param info what the runtime says of itself: Docker lists that it is rootless as a security option, Podman has a field
 */
export function userInside(
  info: { readonly SecurityOptions?: unknown; readonly Rootless?: unknown },
  { getuid, getgid }: Pick<NodeJS.Process, "getuid" | "getgid"> = process,
): string | undefined {
  const { SecurityOptions: options, Rootless } = info;
  if (Rootless === true || (Array.isArray(options) && options.includes("name=rootless"))) return "0:0";
  return getuid && getgid ? `${getuid()}:${getgid()}` : undefined;
}

/** The nodes of one workspace are on one network, whichever process starts them. */
export function networkOf(folder: string): string {
  return `consortium-${createHash("sha256").update(dirname(folder)).digest("hex").slice(0, 12)}`;
}

async function find(folder: string): Promise<RunningNode | undefined> {
  const placement = readPlacement(folder);
  const id = placement?.container;
  if (placement === undefined || id === undefined) return undefined;
  const docker = (await runtime()).container.dockerode;
  const node = docker.getContainer(id);
  // Lists, since what is asked of a container while it is being removed fails in several ways.
  const isListed = async (options: { all?: true } = {}): Promise<boolean> =>
    (await docker.listContainers({ ...options, filters: { id: [id] } })).length > 0;
  const end = async (ending: () => Promise<unknown>): Promise<void> => {
    try {
      await ending();
    } catch (error) {
      if (await isListed()) throw error; // or else it has ended by itself
    }
    for (
      const until = Date.now() + STOPS_WITHIN * 1000;
      (await isListed({ all: true })) && Date.now() < until;
    )
      await sleep(50);
    await removeNetwork(docker, networkOf(folder));
  };
  return {
    url: placement.url,
    joinAddress: placement.joinAddress,
    ended: async () => ((await isListed()) ? undefined : whyEnded(folder)),
    stop: () => end(() => node.stop({ t: STOPS_WITHIN })),
    kill: () => end(() => node.kill()),
  };
}

async function makeNetwork(docker: Docker, name: string): Promise<void> {
  try {
    await docker.createNetwork({ Name: name, CheckDuplicate: true });
  } catch (error) {
    const known = await docker.listNetworks({ filters: { name: [name] } });
    if (known.length === 0) throw error; // or else an earlier node has made it
  }
}

/** The network goes with its last node: it cannot be removed while others are on it. One that stays is used again. */
async function removeNetwork(docker: Docker, name: string): Promise<void> {
  await docker
    .getNetwork(name)
    .remove()
    .catch(() => undefined);
}

function splitAddress(address: string): [host: string, port: string] {
  const at = address.lastIndexOf(":");
  return [address.slice(0, at), address.slice(at + 1)];
}
