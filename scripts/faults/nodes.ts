import { Network } from "../../sandbox/network.js";
import type { NetworkNode } from "../../sandbox/nodes.js";
import { join } from "../../sandbox/operations/joining.js";
import { primaryAfter } from "../../sandbox/operations/replacing.js";
import { primaryOf, retire } from "../../sandbox/operations/retiring.js";
import { unseen } from "../../sandbox/stage.js";
import type { Client } from "../../sdk/client.js";
import { ContractClient } from "../../sdk/contract.js";
import { Scene } from "../load/scene.js";
import type { Reader, Target, TargetName } from "./target.js";

/** A network of several nodes: each that is killed is replaced by a new one, and voted out. */
export class Nodes implements Target {
  readonly scene: Scene;
  #dead: NetworkNode | undefined;

  private constructor(scene: Scene) {
    this.scene = scene;
  }

  static async found(options: { workspace: string; engine: string; nodes: number }): Promise<Nodes> {
    const net = await Network.open({ ...options, port: 0 });
    try {
      return new Nodes(await Scene.found(net));
    } catch (error) {
      await net.stop();
      throw error;
    }
  }

  client(): Client {
    return this.#net.client;
  }

  async kill(name: TargetName): Promise<string> {
    const primary = await primaryOf(this.#net);
    const backup = this.#net.nodes.find((node) => node.name !== primary.name);
    const victim = name === "primary" ? primary : backup;
    if (victim === undefined) throw new RangeError("a network of one node has no backup");
    this.#dead = victim;
    await victim.node.kill();
    return victim.name;
  }

  async restore(): Promise<void> {
    if (this.#dead === undefined) return;
    await primaryAfter(this.#net, this.#dead);
    await join(this.#net, 1, unseen);
    await retire(this.#net, this.#dead.name, unseen);
    this.#dead = undefined;
  }

  readers(): readonly Reader[] {
    const [member] = this.#net.members;
    return this.#net.nodes.map((node) => {
      const client = this.#net.clientOf(node).as({ identity: member });
      return { name: node.name, client, contract: new ContractClient(client, this.scene.room.contractId) };
    });
  }

  stop(): Promise<void> {
    return this.#net.stop();
  }

  get #net(): Network {
    return this.scene.net;
  }
}
