import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { Network } from "../../sandbox/network.js";
import { Client } from "../../sdk/client.js";
import { ContractClient } from "../../sdk/contract.js";
import { Scene } from "../load/scene.js";
import type { Reader, Target } from "./target.js";

/** An embedded node in a process of its own, which is killed as a whole and goes on from its ledger in a new one. */
export class Embedded implements Target {
  readonly scene: Scene;
  readonly #url: string;
  #process: ChildProcess | undefined;

  private constructor(scene: Scene, url: string) {
    this.scene = scene;
    this.#url = url;
  }

  /** The consortium is founded in this process. */
  static async found(workspace: string): Promise<Embedded> {
    const net = await Network.open({ workspace, engine: "embedded", port: 0 });
    let embedded: Embedded;
    try {
      embedded = new Embedded(await Scene.found(net), net.url);
    } finally {
      await net.stop();
    }
    await embedded.restore();
    return embedded;
  }

  client(): Client {
    const { serviceCertificatePem } = this.scene.net.workspace;
    return new Client({ url: this.#url, serviceCertificatePem });
  }

  async kill(): Promise<string> {
    const running = this.#process;
    if (running === undefined) throw new RangeError("the node does not run");
    running.kill("SIGKILL");
    await once(running, "exit");
    return `process ${running.pid ?? ""}`;
  }

  /** The port is the one of before, as it is for whoever starts a service again. */
  async restore(): Promise<void> {
    const { folder } = this.scene.net.workspace;
    const script = new URL("./embedded-process.ts", import.meta.url);
    const started = fork(script, [folder, new URL(this.#url).port], { execArgv: ["--import", "tsx"] });
    this.#process = started;
    const [told] = (await Promise.race([once(started, "message"), once(started, "exit")])) as [unknown];
    if (told !== "ready") throw new Error("the node does not go on from its ledger");
  }

  readers(): readonly Reader[] {
    const [member] = this.scene.net.members;
    const client = this.client().as({ identity: member });
    return [
      {
        name: "the node, started again",
        client,
        contract: new ContractClient(client, this.scene.room.contractId),
      },
    ];
  }

  async stop(): Promise<void> {
    if (this.#process?.connected) {
      this.#process.disconnect();
      await once(this.#process, "exit");
    }
  }
}
