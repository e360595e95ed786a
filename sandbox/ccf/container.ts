import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import type { getContainerRuntimeClient } from "testcontainers";
import { UsageError } from "../../sdk/errors.js";
import type { Beginning, Engine, NodePlace, RunningNode } from "../engine.js";
import { projectFolder } from "../project.js";
import { type Interfaces, nodeFiles, prepareNode, readServiceCertificate } from "./configuration.js";
import { lastWords } from "./node-log.js";
import { readPlacement, writePlacement } from "./placement.js";
import { freePort } from "./ports.js";

/** What is built from `sandbox/ccf/Dockerfile`, unless `CCF_IMAGE` names another image. */
const IMAGE = "consortium-ledger/ccf:7.0.0-dev7";

/** Where a node finds its folder. */
const MOUNTED = "/node";
/** Ports inside; containers of a network reach each other at them, by the nodes' names. */
const PORTS = { clients: 8080, operators: 8081, nodes: 8082 } as const;
/** seconds */
const STOPS_WITHIN = 10;

/** Real CCF nodes, each in a container of its own, on a network of their own. */
export const container: Engine = {
  description: "CCF in containers, in virtual mode: protected by nothing",
  distributed: true,
  missing,
  start,
  find,
  serviceCertificate: readServiceCertificate,
};

type Containers = Awaited<ReturnType<typeof getContainerRuntimeClient>>["container"];
type Dockerode = Containers["dockerode"];
export type ContainerRequest = Parameters<Containers["create"]>[0];

/** The library is loaded when it is wanted: nobody else needs it. */
async function runtime() {
  const { getContainerRuntimeClient } = await import("testcontainers");
  return getContainerRuntimeClient();
}

async function missing(): Promise<string | undefined> {
  try {
    const { container: client } = await runtime();
    if (process.env.CCF_IMAGE !== undefined || process.env.CCF_PACKAGE_SHA256 !== undefined) return undefined;
    if (await hasImage(client.dockerode, IMAGE)) return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const advice = "Install Docker or Podman and start it, or name it in DOCKER_HOST";
    return `No container runtime answers (${reason}). ${advice}`;
  }
  return (
    `There is no image ${IMAGE} yet. To have it built, give the SHA-256 digest of the released CCF package in ` +
    "CCF_PACKAGE_SHA256, as its release page states it; or name an image that has CCF 7 in CCF_IMAGE"
  );
}

async function start(place: NodePlace, beginning: Beginning): Promise<RunningNode> {
  const lacking = await missing();
  if (lacking !== undefined) throw new UsageError("EngineMissing", lacking);
  const { folder, name, address } = place;
  const published = `${address}:${await freePort(address, place.port)}`;
  const interfaces = interfacesOf(name, published);
  const target = beginning.type === "Join" ? beginning.target.joinAddress : undefined;
  prepareNode(folder, beginning, interfaces, target);

  const { container: client } = await runtime();
  const network = networkOf(folder);
  await makeNetwork(client.dockerode, network);
  const created = await client.create(containerRequest(place, { image: await image(), network, published }));
  await client.start(created);
  writePlacement(folder, {
    url: `https://${published}`,
    joinAddress: interfaces.operators.published,
    container: created.id,
  });
  const node = await find(folder);
  if (node) return node;
  throw new Error(`What was written of the node in ${folder} is gone`);
}

/** @param published `host:port` for clients */
export function interfacesOf(name: string, published: string): Interfaces {
  const inside = (port: number) => ({ bind: `0.0.0.0:${port}`, published: `${name}:${port}` });
  return {
    clients: { bind: `0.0.0.0:${PORTS.clients}`, published },
    operators: inside(PORTS.operators),
    nodes: inside(PORTS.nodes),
  };
}

/**
 * What the container runtime is asked for. The node's folder is mounted, and written to as whoever runs this; only clients
 * reach it from outside, at one address. It is removed when the node has ended, since everything that it leaves is in its
 * folder; it outlives this process, so it is not marked as the tests of a program's that clean up behind them.
 */
export function containerRequest(
  { name, folder }: Pick<NodePlace, "name" | "folder">,
  { image, network, published }: { image: string; network: string; published: string },
): ContainerRequest {
  const [HostIp, HostPort] = splitAddress(published);
  const clients = `${PORTS.clients}/tcp`;
  const run = `exec /opt/ccf/bin/js_generic --config ${nodeFiles.configuration} >> ${nodeFiles.log} 2>&1`;
  return {
    Image: image,
    Cmd: ["/bin/sh", "-c", run],
    WorkingDir: MOUNTED,
    ...(process.getuid && process.getgid && { User: `${process.getuid()}:${process.getgid()}` }),
    ExposedPorts: { [clients]: {} },
    HostConfig: {
      Binds: [`${folder}:${MOUNTED}`],
      PortBindings: { [clients]: [{ HostIp, HostPort }] },
      NetworkMode: network,
      AutoRemove: true,
    },
    NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [name] } } },
  };
}

/** The nodes of one workspace are on one network, whichever process starts them. */
export function networkOf(folder: string): string {
  return `consortium-${createHash("sha256").update(dirname(folder)).digest("hex").slice(0, 12)}`;
}

async function find(folder: string): Promise<RunningNode | undefined> {
  const placement = readPlacement(folder);
  const id = placement?.container;
  if (placement === undefined || id === undefined) return undefined;
  const { container: client } = await runtime();
  const node = client.getById(id);
  const isGone = async (): Promise<boolean> => {
    try {
      return !(await node.inspect()).State.Running;
    } catch (error) {
      if (isUnknown(error)) return true;
      throw error;
    }
  };
  /** 304: it has ended by itself; 409: it is being removed. */
  const end = async (ending: () => Promise<unknown>): Promise<void> => {
    await ending().catch((error: unknown) => {
      if (!isUnknown(error) && ![304, 409].includes(statusOf(error) ?? 0)) throw error;
    });
    await removeNetwork(client.dockerode, networkOf(folder));
  };
  return {
    url: placement.url,
    joinAddress: placement.joinAddress,
    ended: async () => ((await isGone()) ? lastWords(folder) : undefined),
    stop: () => end(() => node.stop({ t: STOPS_WITHIN })),
    kill: () => end(() => node.kill()),
  };
}

/** The image to run; builds it if it is not there. */
async function image(): Promise<string> {
  const { CCF_IMAGE, CCF_PACKAGE_SHA256 } = process.env;
  if (CCF_IMAGE !== undefined) return CCF_IMAGE;
  const { container: client } = await runtime();
  if (!(await hasImage(client.dockerode, IMAGE))) {
    const { GenericContainer } = await import("testcontainers");
    const build = GenericContainer.fromDockerfile(join(projectFolder, "sandbox/ccf"));
    await build
      .withBuildArgs({ CCF_PACKAGE_SHA256: CCF_PACKAGE_SHA256 ?? "" })
      .build(IMAGE, { deleteOnExit: false });
  }
  return IMAGE;
}

async function hasImage(docker: Dockerode, name: string): Promise<boolean> {
  return docker
    .getImage(name)
    .inspect()
    .then(
      () => true,
      (error: unknown) => {
        if (statusOf(error) === 404) return false;
        throw error;
      },
    );
}

async function makeNetwork(docker: Dockerode, name: string): Promise<void> {
  const known = await docker.listNetworks({ filters: { name: [name] } });
  if (known.length === 0) await docker.createNetwork({ Name: name });
}

/** The network goes with its last node. */
async function removeNetwork(docker: Dockerode, name: string): Promise<void> {
  await docker
    .getNetwork(name)
    .remove()
    .catch((error: unknown) => {
      // 403 and 409: other nodes are on it; 404: another node's end has removed it
      if (![403, 404, 409, 500].includes(statusOf(error) ?? 0)) throw error;
    });
}

/** Whether the container is gone. While it removes one, Podman says so with a status of its own. */
function isUnknown(error: unknown): boolean {
  return statusOf(error) === 404 || (error instanceof Error && /no such container/i.test(error.message));
}

function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number }).statusCode;
}

function splitAddress(address: string): [host: string, port: string] {
  const at = address.lastIndexOf(":");
  return [address.slice(0, at), address.slice(at + 1)];
}
