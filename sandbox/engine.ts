import type { Member } from "./member.js";
import { UsageError } from "../sdk/errors.js";

/** Where a node lives. */
export interface NodePlace {
  /** Unique in its network, for example `node0`; containers reach each other by it. */
  readonly name: string;
  /** Folder for whatever the node reads and keeps. */
  readonly folder: string;
  /** IP address on which clients reach it. */
  readonly address: string;
  /** 0 for any that is free. */
  readonly port: number;
}

/** What a node is started for. */
export type Beginning =
  | {
      /** It begins a new service. */
      readonly type: "Start";
      readonly members: readonly Member[];
      /** How many members it takes to recover the service after a disaster. */
      readonly recoveryThreshold: number;
      /** Text of the constitution. */
      readonly constitution: string;
    }
  | {
      /** It asks a running service to be taken in. */
      readonly type: "Join";
      readonly serviceCertificatePem: string;
      /** A node of that service, which runs on the same engine. */
      readonly target: RunningNode;
    }
  | {
      /** It begins the recovery of a service that has died, whose ledger is in its folder. */
      readonly type: "Recover";
      readonly previousServiceCertificatePem: string;
    };

/** A node's process or container. */
export interface RunningNode {
  /** For clients: `https://<address>:<port>` */
  readonly url: string;
  /** `host:port` at which nodes that join ask, and fetch snapshots; a node that nothing can join has none. */
  readonly joinAddress: string | undefined;
  /** Why it has ended: a stable code, and a message that is the end of a sentence. `undefined` while it runs. */
  ended(): Promise<UsageError | undefined>;
  /** Ends it in order: what it answered is on the ledger. */
  stop(): Promise<void>;
  /** Ends it at once, as a power cut does. */
  kill(): Promise<void>;
}

/** Code of {@link RunningNode.ended} for a node that ended in order. */
export const STOPPED = "NodeStopped";

/** Something that runs CCF nodes. */
export interface Engine {
  /** As it is told to people, in one line. */
  readonly description: string;
  /**
   * Whether it runs networks of several nodes. Such a network goes on from its ledger by disaster recovery only, and its
   * nodes outlive the process that started them.
   */
  readonly distributed: boolean;
  /** What has to be installed before it can run anything, in a sentence that says how; `undefined` if nothing. */
  missing(): Promise<string | undefined>;
  /** Does ahead of {@link start} what takes minutes and needs to be done once, if there is something. */
  prepare?(): Promise<void>;
  /**
   * Starts a node, which need not be ready when this returns. A node of an engine that is not distributed is ready, and
   * goes on from the ledger in its folder if there is one.
   *
   * @throws {UsageError} `PortTaken`; `EngineMissing` if something has to be installed first
   */
  start(place: NodePlace, beginning: Beginning): Promise<RunningNode>;
  /** The node that was started last in a folder, by this process or another; it may have ended. */
  find(folder: string): Promise<RunningNode | undefined>;
  /** Certificate of the service that a node of a new or recovered service began, PEM; `undefined` until it is known. */
  serviceCertificate(folder: string): string | undefined;
}

/** Engines by name, loaded when they are wanted: each brings a lot that the others do not need. */
const engines: Readonly<Record<string, () => Promise<Engine>>> = {
  embedded: async () => (await import("./engine-embedded.js")).embedded,
  ccf: async () => (await import("./ccf/executable.js")).executable,
  container: async () => (await import("./ccf/container.js")).container,
};

export const DEFAULT_ENGINE = "embedded";

/** @throws {UsageError} `UnknownEngine` */
export async function engineNamed(name: string): Promise<Engine> {
  const load = Object.hasOwn(engines, name) ? engines[name] : undefined;
  if (load) return load();
  const known = Object.keys(engines).join(", ");
  throw new UsageError("UnknownEngine", `There is no engine "${name}"; there is: ${known}`);
}
