import type { Member } from "./member.js";
import { UsageError } from "../sdk/errors.js";

/** What any engine needs to start the only, or the first, node of a service. */
export interface EngineConfig {
  /** Folder for whatever the engine keeps; a ledger in it is resumed. */
  readonly folder: string;
  /** IP address to listen on. */
  readonly address: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Founders of a new service. */
  readonly members: readonly Member[];
  /** How many members it takes to recover the service after a disaster. */
  readonly recoveryThreshold: number;
  /** Text of the constitution of a new service. */
  readonly constitution: string;
}

export interface RunningNode {
  /** `https://<address>:<port>` */
  readonly url: string;
  readonly serviceCertificatePem: string;
  /** Ends the node in order: what it answered is on the ledger. */
  stop(): Promise<void>;
}

/** Something that runs CCF nodes. */
export interface Engine {
  /** As it is told to people, in one line. */
  readonly description: string;
  /** @throws {UsageError} `PortTaken` */
  start(config: EngineConfig): Promise<RunningNode>;
}

/** Engines by name, loaded when they are wanted: each brings a lot that the others do not need. */
const engines: Readonly<Record<string, () => Promise<Engine>>> = {
  embedded: async () => (await import("./engine-embedded.js")).embedded,
  ccf: async () => (await import("./ccf/executable.js")).ccf,
};

export const DEFAULT_ENGINE = "embedded";

/** @throws {UsageError} `UnknownEngine` */
export async function engineNamed(name: string): Promise<Engine> {
  const load = Object.hasOwn(engines, name) ? engines[name] : undefined;
  if (load) return load();
  const known = Object.keys(engines).join(", ");
  throw new UsageError("UnknownEngine", `There is no engine "${name}"; there is: ${known}`);
}
