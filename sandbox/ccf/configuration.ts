import type { EngineConfig } from "../engine.js";

/** Names of the files that a node of this sandbox reads and writes, in its folder. */
export const nodeFiles = {
  configuration: "node_config.json",
  constitution: "constitution.js",
  serviceCertificate: "service_cert.pem",
  nodeCertificate: "node_cert.pem",
  log: "node.log",
} as const;

/**
 * The configuration of the node that starts a new service (CCF 7, `doc/host_config_schema`), whatever runs the node.
 *
 * @param ports of the interfaces for clients and for other nodes
 */
export function startConfiguration(config: EngineConfig, ports: { rpc: number; nodes: number }): object {
  const client = `${config.address}:${ports.rpc}`;
  const name = config.address === "127.0.0.1" ? ["dNSName:localhost"] : [];
  return {
    network: {
      node_to_node_interface: { bind_address: `${config.address}:${ports.nodes}` },
      rpc_interfaces: { primary: { bind_address: client, published_address: client } },
    },
    node_certificate: { subject_alt_names: [`iPAddress:${config.address}`, ...name] },
    command: {
      type: "Start",
      service_certificate_file: nodeFiles.serviceCertificate,
      start: {
        constitution_files: [nodeFiles.constitution],
        members: config.members.map(({ folder }) => ({
          certificate_file: `${folder}/cert.pem`,
          encryption_public_key_file: `${folder}/recovery_public_key.pem`,
        })),
        service_configuration: {
          recovery_threshold: config.recoveryThreshold,
          maximum_node_certificate_validity_days: 365,
          maximum_service_certificate_validity_days: 365,
        },
        initial_service_certificate_validity_days: 90,
        service_subject_name: "CN=CCF Network",
      },
    },
    ledger: { directory: "ledger" },
    snapshots: { directory: "snapshots" },
    ledger_signatures: { tx_count: 5000, delay: "200ms" },
    output_files: { node_certificate_file: nodeFiles.nodeCertificate },
  };
}
