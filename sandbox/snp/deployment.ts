import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../../sdk/errors.js";
import { type Of, shape } from "../../src/schemas/shape.js";
import {
  CONTAINER_PORTS,
  type Interfaces,
  nodeConfiguration,
  writeInputs,
  type WrittenBeginning,
} from "../ccf/configuration.js";
import { copyLedger, latestLedger } from "../ccf/ledgers.js";
import { azureAttestation } from "./attestation.js";
import { writeNew } from "./new-files.js";
import { readPolicy, type SecurityPolicy } from "./policy.js";
import { deploymentTemplate, type Reach } from "./template.js";

/** Names of the files in the folder of a deployment; each node has a folder of its own in it. */
export const deploymentFiles = {
  template: "template.json",
  /** What is the same for all nodes. */
  parameters: "parameters.json",
  /** As `az confcom acipolicygen --print-policy` prints it. */
  policy: "policy.base64",
  /** In a node's folder: all of its parameters. */
  node: "parameters.json",
  /** In a node's folder: what its file share holds when it starts. */
  share: "share",
} as const;

const text = (pattern: string) => ({ type: "string", pattern }) as const;

/** What all nodes of a deployment have in common. A private network has `subnetId` and `privateDnsZone`. */
const settingsShape = shape("deployment settings", {
  type: "object",
  required: ["location", "image", "storageAccountName"],
  additionalProperties: false,
  properties: {
    location: text("^[a-z0-9]+$"),
    /** A tag can be moved to another image; a digest cannot. */
    image: text("^[^\\s@]+@sha256:[0-9a-f]{64}$"),
    storageAccountName: text("^[a-z0-9]{3,24}$"),
    subnetId: text("^/subscriptions/"),
    privateDnsZone: text("^[a-z0-9-]+(\\.[a-z0-9-]+)+$"),
  },
  dependencies: { subnetId: ["privateDnsZone"], privateDnsZone: ["subnetId"] },
});
export type Settings = Of<typeof settingsShape>;

/** What Azure's tools take as a file of parameters. */
const parametersFile = (parameters: Readonly<Record<string, string>>): object => ({
  $schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#",
  contentVersion: "1.0.0.0",
  parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, { value }])),
});

/**
 * Makes the folder of a deployment: the template, and the parameters that all nodes share. There is one for every version
 * of the code, since its policy holds for one image.
 *
 * @throws {UsageError} `InvalidSettings`; `FileExists`: nothing is overwritten
 */
export function makeDeployment(folder: string, settings: Settings): void {
  check(settings);
  const reach: Reach = settings.subnetId === undefined ? "public" : "private";
  writeNew({
    [join(folder, deploymentFiles.template)]: deploymentTemplate(reach),
    [join(folder, deploymentFiles.parameters)]: parametersFile(settings),
  });
}

/** A node of a deployment that is ready to be started. */
export interface PreparedNode {
  readonly name: string;
  /** For clients. */
  readonly url: string;
  /** `host:port` at which other nodes join. */
  readonly joinAddress: string;
  readonly parametersFile: string;
  /** Folder whose content goes to the node's file share. */
  readonly share: string;
}

/** What a node is started for; a node that recovers takes the latest of several nodes' ledgers. */
export type AzureBeginning =
  | Extract<WrittenBeginning, { type: "Start" }>
  | (Extract<WrittenBeginning, { type: "Join" }> & { readonly targetAddress: string })
  | (Extract<WrittenBeginning, { type: "Recover" }> & { readonly nodeFolders: readonly string[] });

/**
 * Makes the folder of a node in the folder of its deployment.
 *
 * @param clients `host:port` at which clients reach it, if not by its own name
 * @throws {UsageError} `InvalidName`, `InvalidThreshold`, `NodeExists`, `NotADeployment`, `NoPolicy`, `InvalidPolicy`, or
 * what is wrong with a ledger to recover from
 */
export function prepareAzureNode(
  deployment: string,
  name: string,
  beginning: AzureBeginning,
  clients?: string,
): PreparedNode {
  if (!/^(?!.*--)[a-z][a-z0-9-]{1,61}[a-z0-9]$/.test(name))
    throw new UsageError(
      "InvalidName",
      `"${name}" is no name for a node: 3 to 63 lower-case letters, digits and single hyphens, a letter first`,
    );
  if (beginning.type === "Start" && beginning.recoveryThreshold > beginning.members.length)
    throw new UsageError(
      "InvalidThreshold",
      `${beginning.members.length} members can never be the ${beginning.recoveryThreshold} that a recovery would take`,
    );
  const settings = readSettings(deployment);
  const policy = policyOf(deployment);
  const interfaces = interfacesOf(name, settings, clients);
  const targetAddress = beginning.type === "Join" ? beginning.targetAddress : "";
  const latest = beginning.type === "Recover" ? latestLedger(beginning.nodeFolders) : undefined;

  const folder = join(deployment, name);
  if (existsSync(folder))
    throw new UsageError(
      "NodeExists",
      `${folder} exists: a node's name is not used again; take another name for the new node`,
    );
  const share = join(folder, deploymentFiles.share);
  mkdirSync(share, { recursive: true });
  try {
    const command = writeInputs(share, beginning, targetAddress);
    if (latest && beginning.type === "Recover") copyLedger(latest, beginning.nodeFolders, share);
    const configuration = nodeConfiguration(command, interfaces, azureAttestation);
    const parameters = {
      name,
      ...settings,
      ccePolicy: policy.base64,
      nodeConfiguration: Buffer.from(JSON.stringify(configuration, null, 2)).toString("base64"),
    };
    writeNew({ [join(folder, deploymentFiles.node)]: parametersFile(parameters) });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    name,
    url: `https://${interfaces.clients.published}`,
    joinAddress: interfaces.operators.published,
    parametersFile: join(folder, deploymentFiles.node),
    share,
  };
}

/** A node's name in the network is known before its address is. */
function interfacesOf(name: string, settings: Settings, clients: string | undefined): Interfaces {
  const { location, privateDnsZone } = settings;
  const host = `${name}.${privateDnsZone ?? `${location}.azurecontainer.io`}`;
  const at = (port: number, published = `${host}:${port}`) => ({ bind: `0.0.0.0:${port}`, published });
  return {
    clients: at(CONTAINER_PORTS.clients, clients),
    operators: at(CONTAINER_PORTS.operators),
    nodes: at(CONTAINER_PORTS.nodes),
  };
}

function policyOf(deployment: string): SecurityPolicy {
  const file = join(deployment, deploymentFiles.policy);
  if (existsSync(file)) return readPolicy(readFileSync(file, "utf8"));
  const [template, parameters] = [deploymentFiles.template, deploymentFiles.parameters].map((name) =>
    join(deployment, name),
  );
  throw new UsageError(
    "NoPolicy",
    `There is no ${file}; make it: az confcom acipolicygen -a ${template} -p ${parameters} --print-policy > ${file}`,
  );
}

const parametersShape = shape("deployment parameters", {
  type: "object",
  required: ["parameters"],
  properties: {
    parameters: {
      type: "object",
      additionalProperties: { type: "object", required: ["value"], properties: { value: {} } },
    },
  },
});

function readSettings(deployment: string): Settings {
  const file = join(deployment, deploymentFiles.parameters);
  if (!existsSync(file))
    throw new UsageError("NotADeployment", `There is no ${file}; make it with: npm run snp -- template`);
  const content = parsed(readFileSync(file, "utf8"));
  if (!parametersShape.validate(content))
    throw new UsageError("NotADeployment", `${file} is no file of parameters; make the deployment anew`);
  const { parameters } = content as { parameters: Record<string, { value: unknown }> };
  return check(Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, value])));
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function check(settings: object): Settings {
  if (settingsShape.validate(settings)) return settings as Settings;
  const [problem] = settingsShape.validate.errors ?? [];
  const { instancePath = "", message = "" } = problem ?? {};
  throw new UsageError("InvalidSettings", `${instancePath.slice(1) || "The deployment"} ${message}`);
}
