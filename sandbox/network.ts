import { readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "../sdk/client.js";
import { UsageError } from "../sdk/errors.js";
import { type Action, type Decision, passProposal } from "../sdk/governance.js";
import type { Identity } from "../sdk/identity.js";
import { listNodes } from "../sdk/nodes.js";
import {
  type Beginning,
  DEFAULT_ENGINE,
  type Engine,
  engineNamed,
  type RunningNode,
  STOPPED,
} from "./engine.js";
import { refusedByDisk, requireSameTime, whyUnanswered } from "./failures.js";
import { found } from "./founding.js";
import { makeIdentity, type Member } from "./member.js";
import { type NetworkNode, nextPlace, runningNodes, startedNodes } from "./nodes.js";
import { join, takesPart } from "./operations/joining.js";
import { isAt } from "./operations/retiring.js";
import { recover } from "./operations/recovery.js";
import { waitUntil } from "./operations/waiting.js";
import { builtFile } from "./project.js";
import { type Step, unseen } from "./stage.js";
import { Workspace } from "./workspace.js";

/** milliseconds */
const LOOKS_EVERY = 500;

export interface NetworkOptions {
  /** Folder; see {@link Workspace}. */
  readonly workspace: string;
  readonly engine?: string;
  /** How many members found it; of an existing consortium, how many it must have. */
  readonly members?: number | undefined;
  /** How many nodes it is to have; 1 by default. */
  readonly nodes?: number;
  /** 127.0.0.1 by default: whoever reaches the nodes can try their doors. */
  readonly address?: string;
  /** Of the first node; 0 for any that is free. */
  readonly port: number;
  /** Shows what happens while a network is founded. */
  readonly step?: Step;
}

/** A consortium's running network, with the keys of all its members at hand. */
export class Network {
  readonly workspace: Workspace;
  readonly engine: Engine;
  readonly #address: string;
  #nodes: NetworkNode[];
  #clients: Client[] = [];
  #client: Client | undefined;

  private constructor(workspace: Workspace, engine: Engine, address: string, nodes: NetworkNode[]) {
    this.workspace = workspace;
    this.engine = engine;
    this.#address = address;
    this.#nodes = nodes;
  }

  /**
   * Starts the network of a workspace: founds a new one, or goes on with the one that is there.
   *
   * @throws {UsageError} `AlreadyRunning`; `SingleNode` if the engine runs one node only; `DiskFull`, `ClockDiffers` and
   * other codes if the machine is in trouble
   */
  static async open(options: NetworkOptions): Promise<Network> {
    const { engine: name = DEFAULT_ENGINE, members, nodes = 1, address = "127.0.0.1", port } = options;
    const { step = unseen } = options;
    const engine = await engineNamed(name);
    if (nodes > 1 && !engine.distributed)
      throw new UsageError("SingleNode", `The engine "${name}" runs one node; for more, give --engine ccf`);
    const workspace = await Workspace.open(options.workspace, { engine: name, members }).catch(
      (error: unknown) => {
        throw refusedByDisk(options.workspace, error);
      },
    );
    if ((await runningNodes(workspace, engine)).length > 0) {
      const advice = "npm run network -- stop ends it";
      throw new UsageError("AlreadyRunning", `The network of ${workspace.folder} is running; ${advice}`);
    }
    const network = new Network(workspace, engine, address, []);
    try {
      if (workspace.resumed && engine.distributed) await recover(network, port, step);
      else await network.#begin(port, step);
      await found(network, step);
      if (nodes > network.nodes.length) await join(network, nodes - network.nodes.length, step);
      return network;
    } catch (error) {
      const told = await network.explain(error);
      await network.stop();
      throw told;
    }
  }

  /**
   * The network that another process started.
   *
   * @throws {UsageError} `NotRunning`; `NotAttachable` if its node is part of the process that started it
   */
  static async attach(folder: string): Promise<Network> {
    const workspace = Workspace.existing(folder);
    const engine = await engineNamed(workspace.engine);
    if (!engine.distributed) {
      const advice = "only networks of --engine ccf or container can be operated from outside";
      throw new UsageError("NotAttachable", `Its node is part of the process that started it: ${advice}`);
    }
    const nodes = await runningNodes(workspace, engine);
    if (nodes.length === 0) {
      const advice = `start it with: npm start -- --engine ${workspace.engine} --workspace ${folder}`;
      throw new UsageError("NotRunning", `No node of ${workspace.folder} is running; ${advice}`);
    }
    const network = new Network(workspace, engine, new URL(nodes[0]?.node.url ?? "").hostname, nodes);
    await network.#remember();
    return network;
  }

  /** The nodes that take part, or have died and were not retired yet. */
  get nodes(): readonly NetworkNode[] {
    return this.#nodes;
  }

  /** Of the first node: `https://<address>:<port>` */
  get url(): string {
    return this.#nodes[0]?.node.url ?? "";
  }

  get members(): readonly [Member, ...Member[]] {
    return this.workspace.members;
  }

  /** Nobody in particular, to whichever node answers: for what needs no certificate, and for signed requests. */
  get client(): Client {
    return (this.#client ??= this.#track(
      new Client({
        url: this.#nodes.map(({ node }) => node.url),
        serviceCertificatePem: this.workspace.serviceCertificatePem,
      }),
    ));
  }

  /** One node only. */
  clientOf({ node }: NetworkNode): Client {
    const { serviceCertificatePem } = this.workspace;
    return this.#track(new Client({ url: node.url, serviceCertificatePem }));
  }

  /** The service, as somebody with a certificate or a token. */
  as(caller: Identity | { token: string }): Client {
    return this.#track(this.client.as("token" in caller ? caller : { identity: caller }));
  }

  /** Proposes by the first member; all vote in favour. @throws {ServiceError} `ProposalNotAccepted` */
  pass(...actions: readonly Action[]): Promise<Decision> {
    return passProposal(this.client, this.members, actions);
  }

  /** Makes a user and has the members register it. */
  async addUser(name: string, data?: unknown): Promise<Identity> {
    const user = await makeIdentity(name);
    await this.pass({ name: "set_user", args: { cert: user.certificatePem, user_data: data } });
    return user;
  }

  /**
   * Starts a node in a folder of its own; it need not be ready yet. Of a node that cannot be started nothing stays.
   *
   * @throws {UsageError} `DiskFull`, and what the engine throws
   */
  async startNode(beginning: Beginning, port = 0, prepare?: (folder: string) => void): Promise<NetworkNode> {
    const { name, folder } = nextPlace(this.workspace, this.engine);
    let node: RunningNode;
    try {
      prepare?.(folder);
      node = await this.engine.start({ name, folder, address: this.#address, port }, beginning);
    } catch (error) {
      if (this.engine.distributed) rmSync(folder, { recursive: true });
      throw refusedByDisk(this.workspace.folder, error);
    }
    const started = { name, folder, node };
    this.#setNodes([...this.#nodes, started]);
    return started;
  }

  /**
   * Waits for the certificate of the service that a node began, and makes it the one that everybody trusts.
   *
   * @throws {UsageError} `ClockDiffers`
   */
  async adoptService({ name, folder, node }: NetworkNode): Promise<void> {
    const pem = await waitUntil(`${name} has a service`, () => this.engine.serviceCertificate(folder), {
      node,
    });
    if (this.engine.distributed) requireSameTime(name, pem);
    this.workspace.writeServiceCertificate(pem);
    this.#setNodes(this.#nodes);
  }

  /** Forgets a node that has been stopped or has died. */
  forget(gone: NetworkNode): void {
    this.#setNodes(this.#nodes.filter(({ name }) => name !== gone.name));
  }

  /**
   * Waits until no node of the workspace runs any more, whoever ended them.
   *
   * @throws {UsageError} if the last of them did not end in order; the code tells why
   */
  async ended(): Promise<void> {
    let last: NetworkNode[] = [];
    for (;;) {
      const running = await runningNodes(this.workspace, this.engine);
      if (running.length === 0) break;
      last = running;
      await sleep(LOOKS_EVERY);
    }
    for (const { name, node } of last) {
      const why = await node.ended();
      if (why && why.code !== STOPPED)
        throw new UsageError(why.code, `${name} has ended: ${why.message}`, { cause: why });
    }
  }

  /** What is to be told of a failure: see {@link refusedByDisk} and {@link whyUnanswered}. */
  explain(error: unknown): Promise<unknown> {
    return whyUnanswered(this.#nodes, refusedByDisk(this.workspace.folder, error));
  }

  /** Ends connections; the nodes run on. */
  detach(): void {
    for (const client of this.#clients) client.close();
    this.#clients = [];
    this.#client = undefined;
  }

  /** Stops all nodes of the workspace; it can then be opened again. */
  async stop(): Promise<void> {
    this.detach();
    const running = await runningNodes(this.workspace, this.engine);
    await Promise.all(running.map(({ node }) => node.stop()));
  }

  /** The first node of a new service; or the only one, which goes on by itself. */
  #begin(port: number, step: Step): Promise<void> {
    const { resumed, members } = this.workspace;
    const names = new Intl.ListFormat("en-GB").format(members.map(({ name }) => name));
    const text = resumed
      ? {
          id: "resume",
          title: "The network of this workspace goes on from its ledger",
          proves:
            "What was reported as committed is still there; the ledger was verified from its first transaction on.",
        }
      : {
          id: "start",
          title: `${names} found a network`,
          proves:
            "From its first transaction, the ledger holds who decides (their certificates) and how (the constitution).",
        };
    return step(text, async (tell) => {
      const began = performance.now();
      const first = await this.startNode(
        {
          type: "Start",
          members,
          recoveryThreshold: Math.floor(members.length / 2) + 1,
          constitution: readFileSync(builtFile("constitution.js"), "utf8"),
        },
        port,
      );
      await this.adoptService(first);
      await takesPart(this, first);
      const after = `after ${Math.round(performance.now() - began)} ms`;
      tell("node", `ready at ${first.node.url} ${after} (${this.engine.description})`);
      tell("workspace", this.workspace.folder);
    });
  }

  /** Nodes that have died, but are nodes of the network as long as they are not retired. */
  async #remember(): Promise<void> {
    const known = await listNodes(this.client);
    const current = known.filter(({ status }) => status !== "Retired");
    const counts = ({ node }: NetworkNode) => current.some(isAt(node));
    const started = await startedNodes(this.workspace, this.engine);
    this.#setNodes(
      started.filter((node) => this.#nodes.some(({ name }) => name === node.name) || counts(node)),
    );
  }

  #setNodes(nodes: NetworkNode[]): void {
    this.#nodes = nodes;
    this.#client = undefined;
  }

  #track(client: Client): Client {
    this.#clients.push(client);
    return client;
  }
}
