import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import type { Member } from "../member.js";

/** Names of the files that a node reads and writes, in its folder. */
export const nodeFiles = {
  configuration: "node_config.json",
  constitution: "constitution.js",
  /** Of the service that the node began, recovered or joined. */
  serviceCertificate: "service_cert.pem",
  previousServiceCertificate: "previous_service_cert.pem",
  nodeCertificate: "node_cert.pem",
  ledger: "ledger",
  snapshots: "snapshots",
  log: "node.log",
} as const;

/** An interface of a node: `host:port` on which it listens, and by which others reach it. */
export interface Interface {
  readonly bind: string;
  readonly published: string;
}

/** The interfaces of a node. */
export interface Interfaces {
  /** For members, users, clean rooms and auditors. */
  readonly clients: Interface;
  /** For nodes that join, which fetch snapshots here; not for the public. */
  readonly operators: Interface;
  /** For consensus among the nodes. */
  readonly nodes: Interface;
}

/** What a node that begins a service is told of a founding member; all of it is public. */
export type Founder = Pick<Member, "name" | "certificatePem" | "recoveryPublicKeyPem">;

/** What a node is started for, as far as it reads that from files; see `Beginning` in `engine.ts`. */
export type WrittenBeginning =
  | {
      readonly type: "Start";
      readonly members: readonly Founder[];
      readonly recoveryThreshold: number;
      readonly constitution: string;
    }
  | { readonly type: "Join"; readonly serviceCertificatePem: string }
  | { readonly type: "Recover"; readonly previousServiceCertificatePem: string };

/** Where a node listens that has an address for itself, as one in a container does. */
export const CONTAINER_PORTS = { clients: 8080, operators: 8081, nodes: 8082 } as const;

/** What of it a configuration needs; everything else is in files. */
type Command =
  | Pick<Extract<WrittenBeginning, { type: "Start" }>, "type" | "members" | "recoveryThreshold">
  | { readonly type: "Join"; readonly targetAddress: string }
  | { readonly type: "Recover" };

/** Where a platform keeps what proves its hardware; paths may hold environment variables. */
export interface Attestation {
  readonly snp_security_policy_file: string;
  readonly snp_uvm_endorsements_file: string;
  readonly snp_endorsements_file?: string;
  readonly snp_endorsements_servers?: readonly { type: string; url?: string; max_retries_count?: number }[];
}

/**
 * The configuration of a node (CCF 7, `doc/host_config_schema`), whatever runs it: an executable, a container, or a
 * container on confidential hardware. Paths are relative to the node's folder.
 */
export function nodeConfiguration(
  command: Command,
  { clients, operators, nodes }: Interfaces,
  attestation?: Attestation,
): object {
  return {
    network: {
      node_to_node_interface: { bind_address: nodes.bind, published_address: nodes.published },
      rpc_interfaces: {
        primary: { bind_address: clients.bind, published_address: clients.published },
        operators: {
          bind_address: operators.bind,
          published_address: operators.published,
          enabled_operator_features: ["SnapshotRead"],
        },
      },
    },
    node_certificate: {
      subject_alt_names: alternativeNames(clients.published, operators.published),
      // until the members' vote that trusts the node states another
      initial_validity_days: 365,
    },
    command: commandSection(command),
    ...(attestation && { attestation }),
    ledger: { directory: nodeFiles.ledger },
    snapshots: { directory: nodeFiles.snapshots },
    // Whoever waits for a receipt waits for the next signature.
    ledger_signatures: { tx_count: 5000, delay: "200ms" },
    consensus: { message_timeout: "100ms", election_timeout: "3000ms" },
    output_files: { node_certificate_file: nodeFiles.nodeCertificate },
  };
}

function commandSection(command: Command): object {
  const { type } = command;
  const common = { type, service_certificate_file: nodeFiles.serviceCertificate };
  switch (type) {
    case "Start":
      return {
        ...common,
        start: {
          constitution_files: [nodeFiles.constitution],
          members: command.members.map(({ name }) => ({
            certificate_file: memberFiles(name).certificate,
            encryption_public_key_file: memberFiles(name).recoveryKey,
          })),
          service_configuration: {
            recovery_threshold: command.recoveryThreshold,
            maximum_node_certificate_validity_days: 365,
            maximum_service_certificate_validity_days: 365,
          },
          initial_service_certificate_validity_days: 90,
          service_subject_name: "CN=CCF Network",
        },
      };
    case "Join":
      return { ...common, join: { target_rpc_address: command.targetAddress } };
    case "Recover":
      return {
        ...common,
        recover: {
          previous_service_identity_file: nodeFiles.previousServiceCertificate,
          initial_service_certificate_validity_days: 90,
        },
      };
  }
}

/** Public files of a founding member, in the node's folder. */
const memberFiles = (name: string) => ({
  certificate: `members/${name}_cert.pem`,
  recoveryKey: `members/${name}_recovery_key.pem`,
});

/**
 * Writes everything that a node reads when it starts into its folder.
 *
 * @param targetAddress of the node that a joining node asks
 */
export function prepareNode(
  folder: string,
  beginning: WrittenBeginning,
  interfaces: Interfaces,
  targetAddress = "",
): void {
  const command = writeInputs(folder, beginning, targetAddress);
  const configuration = nodeConfiguration(command, interfaces);
  writeFileSync(join(folder, nodeFiles.configuration), JSON.stringify(configuration, null, 2));
}

/**
 * Writes what a node reads beside its configuration.
 *
 * @returns what its configuration says about it
 */
export function writeInputs(folder: string, beginning: WrittenBeginning, targetAddress: string): Command {
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const { type } = beginning;
  if (type === "Start") {
    write(nodeFiles.constitution, beginning.constitution);
    mkdirSync(join(folder, "members"), { recursive: true });
    for (const member of beginning.members) {
      const { certificate, recoveryKey } = memberFiles(member.name);
      write(certificate, member.certificatePem);
      write(recoveryKey, member.recoveryPublicKeyPem);
    }
    return beginning;
  }
  if (type === "Join") {
    write(nodeFiles.serviceCertificate, beginning.serviceCertificatePem);
    return { type, targetAddress };
  }
  write(nodeFiles.previousServiceCertificate, beginning.previousServiceCertificatePem);
  return { type };
}

/** The certificate of the service that a node began, recovered or joined; `undefined` while it is not written yet. */
export function readServiceCertificate(folder: string): string | undefined {
  const file = join(folder, nodeFiles.serviceCertificate);
  const pem = existsSync(file) ? readFileSync(file, "utf8") : "";
  return pem.includes("END CERTIFICATE") ? pem : undefined;
}

function alternativeNames(...addresses: string[]): string[] {
  const hosts = new Set(addresses.map((address) => address.slice(0, address.lastIndexOf(":"))));
  if (hosts.has("127.0.0.1")) hosts.add("localhost");
  return [...hosts].map((host) => (isIP(host) === 0 ? `dNSName:${host}` : `iPAddress:${host}`));
}
