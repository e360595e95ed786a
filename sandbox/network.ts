import { readFileSync } from "node:fs";
import { Client } from "../sdk/client.js";
import { type Action, type Decision, passProposal } from "../sdk/governance.js";
import type { Identity } from "../sdk/identity.js";
import { DEFAULT_ENGINE, type Engine, engineNamed, type RunningNode } from "./engine.js";
import { found } from "./founding.js";
import { makeIdentity, type Member } from "./member.js";
import { builtFile } from "./project.js";
import { type Step, unseen } from "./stage.js";
import { Workspace } from "./workspace.js";

export interface NetworkOptions {
  /** Folder; see {@link Workspace}. */
  readonly workspace: string;
  readonly engine?: string;
  /** How many members found it; of an existing consortium, how many it must have. */
  readonly members?: number | undefined;
  /** 127.0.0.1 by default: whoever reaches the node can try its doors. */
  readonly address?: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Shows what happens while a network is founded. */
  readonly step?: Step;
}

/** A consortium's running network, with the keys of all its members at hand. */
export class Network {
  readonly workspace: Workspace;
  readonly url: string;
  /** Nobody in particular: for what needs no certificate, and for signed requests. */
  readonly client: Client;
  readonly #node: RunningNode;
  readonly #clients: Client[] = [];

  private constructor(workspace: Workspace, node: RunningNode) {
    this.workspace = workspace;
    this.#node = node;
    this.url = node.url;
    this.client = this.#track(
      new Client({ url: node.url, serviceCertificatePem: node.serviceCertificatePem }),
    );
  }

  /** Starts the network of a workspace: founds a new one, or resumes the one that is there. */
  static async open(options: NetworkOptions): Promise<Network> {
    const { engine = DEFAULT_ENGINE, members, address = "127.0.0.1", port, step = unseen } = options;
    const runner = await engineNamed(engine);
    const workspace = await Workspace.open(options.workspace, { engine, members });
    let node: RunningNode | undefined;
    try {
      node = await startNode(runner, workspace, { address, port }, step);
      const network = new Network(workspace, node);
      await found(network, step);
      return network;
    } catch (error) {
      await node?.stop();
      throw error;
    }
  }

  get members(): readonly [Member, ...Member[]] {
    return this.workspace.members;
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

  /** Stops the node; the workspace can then be opened again. */
  async stop(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.#node.stop();
  }

  #track(client: Client): Client {
    this.#clients.push(client);
    return client;
  }
}

function startNode(
  engine: Engine,
  workspace: Workspace,
  where: { address: string; port: number },
  step: Step,
): Promise<RunningNode> {
  const names = new Intl.ListFormat("en-GB").format(workspace.members.map(({ name }) => name));
  const text = workspace.resumed
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
    const node = await engine.start({
      folder: workspace.folder,
      ...where,
      members: workspace.members,
      recoveryThreshold: Math.floor(workspace.members.length / 2) + 1,
      constitution: readFileSync(builtFile("constitution.js"), "utf8"),
    });
    workspace.writeServiceCertificate(node.serviceCertificatePem);
    tell(
      "node",
      `ready at ${node.url} after ${Math.round(performance.now() - began)} ms (${engine.description})`,
    );
    tell("workspace", workspace.folder);
    return node;
  });
}
