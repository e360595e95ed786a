import { createHash, createPublicKey, generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { memberIdOf } from "../../sdk/cose.js";
import { singletonKey, type Transaction } from "./kv/store.js";
import * as tables from "./rpc/gov/tables.js";
import type { Identity } from "./tls/identity.js";

/** A member that founds the service. */
export interface FoundingMember {
  /** PEM */
  certificate: string;
  /** PEM, RSA; who has none takes no part in recovery */
  encryptionPublicKey?: string;
  data?: unknown;
  recoveryRole?: "NonParticipant" | "Participant" | "Owner";
}

/** What a service is founded with. */
export interface GenesisOptions {
  members: readonly FoundingMember[];
  /** JavaScript text of the constitution */
  constitution: string;
  configuration: tables.ServiceConfiguration;
  serviceData?: unknown;
  nodeData?: unknown;
  /** PEM, RSA; see {@link makeNodeEncryptionKey} */
  nodeEncryptionKey: string;
  /** by name; the first is the main one */
  rpcInterfaces: Readonly<Record<string, tables.RpcInterface>>;
  /** host and port under which other nodes would find this one */
  nodeToNodeAddress: string;
}

/**
 * Makes the public key under which other nodes would send this one new ledger secrets. The only node makes them itself,
 * so nobody needs the private half. Takes a moment, so do something else meanwhile.
 *
 * @returns PEM
 */
export async function makeNodeEncryptionKey(): Promise<string> {
  const { publicKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return publicKey.export({ type: "spki", format: "pem" }).toString();
}

/** CCF's name for the code of a node that nothing attests. */
const MEASUREMENT = "Insecure hard-coded virtual measurement v1";

/** Writes what the first transaction of a new service holds: the service opening, its members accepted, its node trusted. */
export function genesis(tx: Transaction, options: GenesisOptions, identity: Identity): void {
  tables.serviceInfo(tx).set({
    cert: identity.service.certificate,
    current_service_create_txid: "2.1",
    recovery_count: 0,
    ...optional("service_data", options.serviceData),
    status: "Opening",
  });
  tables.serviceConfiguration(tx).set(options.configuration);
  tables.constitution(tx).set(options.constitution);
  for (const member of options.members) addMember(tx, member);
  addNode(tx, options, identity);
}

function addMember(tx: Transaction, member: FoundingMember): void {
  const id = memberIdOf(member.certificate);
  tables.memberCertificates(tx).set(id, member.certificate);
  tables.members(tx).set(id, {
    ...optional("member_data", member.data),
    ...optional("recovery_role", member.recoveryRole),
    status: "Accepted",
  });
  if (member.encryptionPublicKey !== undefined)
    tables.memberEncryptionKeys(tx).set(id, member.encryptionPublicKey);
  tables.memberAcks(tx).set(id, { state_digest: "" });
}

function addNode(tx: Transaction, options: GenesisOptions, { node }: Identity): void {
  const [main] = Object.values(options.rpcInterfaces);
  if (!main) throw new RangeError("A node needs an interface for its clients");
  const [bound, published] = [hostAndPort(main.bind_address), hostAndPort(main.published_address)];
  const nodeToNode = hostAndPort(options.nodeToNodeAddress);
  const hostData = createHash("sha256").update(options.constitution).digest("hex");

  tables.nodeCertificates(tx).set(node.id, node.certificate);
  tables.nodes(tx).set(node.id, {
    certificate_signing_request: node.signingRequest,
    code_digest: Buffer.from(MEASUREMENT).toString("hex"),
    encryption_pub_key: options.nodeEncryptionKey,
    ...optional("node_data", options.nodeData),
    node_to_node_interface: {
      bind_address: options.nodeToNodeAddress,
      published_address: options.nodeToNodeAddress,
    },
    nodehost: nodeToNode.host,
    nodeport: nodeToNode.port,
    pubhost: published.host,
    public_key: createPublicKey(node.privateKey).export({ type: "spki", format: "pem" }).toString(),
    pubport: published.port,
    quote_info: { endorsements: "", format: "Insecure_Virtual", quote: virtualQuote(node.id, hostData) },
    rpc_interfaces: options.rpcInterfaces,
    rpchost: bound.host,
    rpcport: bound.port,
    status: "Trusted",
  });
  tables.virtualMeasurements(tx).set(MEASUREMENT, "AllowedToJoin");
  tables.virtualHostData(tx).set(Buffer.from(hostData), singletonKey);
}

/** What a node says of itself where no hardware attests it: its code, its host, and the digest of its key. */
function virtualQuote(nodeId: string, hostData: string): string {
  const report_data = Buffer.from(nodeId, "hex").toString("base64");
  return Buffer.from(JSON.stringify({ host_data: hostData, measurement: MEASUREMENT, report_data })).toString(
    "base64",
  );
}

function hostAndPort(address: string): { host: string; port: string } {
  const colon = address.lastIndexOf(":");
  return { host: address.slice(0, colon), port: address.slice(colon + 1) };
}

/** CCF leaves fields out that are not set. */
function optional<Name extends string, Value>(name: Name, value: Value | undefined | null) {
  return (value === undefined || value === null ? {} : { [name]: value }) as Partial<Record<Name, Value>>;
}
