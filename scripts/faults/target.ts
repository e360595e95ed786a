import type { Client } from "../../sdk/client.js";
import type { ContractClient } from "../../sdk/contract.js";
import type { Scene } from "../load/scene.js";

export const targetNames = ["primary", "backup", "embedded"] as const;
/** What is killed. */
export type TargetName = (typeof targetNames)[number];

/** A network of which something can be killed while it is written to. */
export interface Target {
  readonly scene: Scene;
  /** To write with, at whichever node answers; good until the next kill but one. */
  client(): Client;
  /** Kills something with SIGKILL. @returns what was killed */
  kill(name: TargetName): Promise<string>;
  /** Brings back what was killed: as many nodes again, or the same one. */
  restore(): Promise<void>;
  /** The contract as each node by itself reads it, with a client that has written nothing; the nodes are all there. */
  readers(): readonly Reader[];
  stop(): Promise<void>;
}

export interface Reader {
  readonly name: string;
  readonly client: Client;
  readonly contract: ContractClient;
}
