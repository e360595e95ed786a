import { CONTAINER_PORTS, nodeFiles } from "../ccf/configuration.js";

/**
 * Who can connect to a node: whoever is in a virtual network, or everybody. The second also opens the interfaces at which
 * nodes join and agree; it is for trying things out.
 */
export type Reach = "private" | "public";

/** Where the configuration of a node is, apart from everything else, since it is part of the deployment. */
const CONFIGURATION_FOLDER = "/configuration";
/** Where the node works: its share, with what else it reads, and its ledger. The image says so too (`WORKDIR`). */
const NODE_FOLDER = "/node";

const parameter = (name: string): string => `[parameters('${name}')]`;
const text = (description: string, more: object = {}) => ({
  type: "string",
  ...more,
  metadata: { description },
});
const integer = (description: string, defaultValue: number) => ({
  type: "int",
  defaultValue,
  minValue: 1,
  metadata: { description },
});

/**
 * The deployment template of one node (Azure Resource Manager, `Microsoft.ContainerInstance/containerGroups`).
 *
 * What differs between the nodes of a network comes from outside of the container, so one security policy, and one vote,
 * holds for all of them. The configuration and the share are the operator's: a node trusts neither, as it trusts no disk.
 */
export function deploymentTemplate(reach: Reach): object {
  return {
    $schema: "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    contentVersion: "1.0.0.0",
    parameters: {
      name: text("Of the node, its container group, its file share, and its host name.", {
        minLength: 3,
        maxLength: 63,
      }),
      location: text("Azure region that offers confidential containers."),
      image: text("Image of the node by digest: REPOSITORY@sha256:DIGEST."),
      ccePolicy: text("Security policy of the container in base64; its SHA-256 is the host data.", {
        minLength: 1,
      }),
      nodeConfiguration: text("The node's configuration file in base64.", { minLength: 1 }),
      storageAccountName: text("Storage account in the same resource group that has the node's share."),
      ...(reach === "private" && {
        subnetId: text("Resource id of a subnet that is delegated to container groups."),
        privateDnsZone: text(
          "Private DNS zone in the same resource group, linked with the subnet's virtual network.",
        ),
      }),
      cpu: integer("Processors of the node.", 4),
      memoryInGB: integer("Memory of the node.", 16),
    },
    resources: [containerGroup(reach), ...(reach === "private" ? [hostName] : [])],
  };
}

function containerGroup(reach: Reach): object {
  const ports = Object.values(CONTAINER_PORTS).map((port) => ({ port, protocol: "TCP" }));
  return {
    type: "Microsoft.ContainerInstance/containerGroups",
    apiVersion: "2023-05-01",
    name: parameter("name"),
    location: parameter("location"),
    properties: {
      sku: "Confidential",
      osType: "Linux",
      // A node that has ended never comes back: another takes its place.
      restartPolicy: "Never",
      confidentialComputeProperties: { ccePolicy: parameter("ccePolicy") },
      ...(reach === "private"
        ? { ipAddress: { type: "Private", ports }, subnetIds: [{ id: parameter("subnetId") }] }
        : { ipAddress: { type: "Public", dnsNameLabel: parameter("name"), ports } }),
      containers: [
        {
          name: "node",
          properties: {
            image: parameter("image"),
            command: [
              "/opt/ccf/bin/js_generic",
              "--config",
              `${CONFIGURATION_FOLDER}/${nodeFiles.configuration}`,
            ],
            ports,
            resources: { requests: { cpu: parameter("cpu"), memoryInGB: parameter("memoryInGB") } },
            volumeMounts: [
              { name: "configuration", mountPath: CONFIGURATION_FOLDER },
              { name: "node", mountPath: NODE_FOLDER },
            ],
          },
        },
      ],
      volumes: [
        { name: "configuration", secret: { [nodeFiles.configuration]: parameter("nodeConfiguration") } },
        {
          name: "node",
          azureFile: {
            shareName: parameter("name"),
            storageAccountName: parameter("storageAccountName"),
            // looked up by the deployment, so that nobody has to handle it
            storageAccountKey:
              "[listKeys(resourceId('Microsoft.Storage/storageAccounts', parameters('storageAccountName')), '2023-01-01').keys[0].value]",
          },
        },
      ],
    },
  };
}

const group = "resourceId('Microsoft.ContainerInstance/containerGroups', parameters('name'))";

/** The address of a container group is known only once it runs; its name has to be known before. */
const hostName = {
  type: "Microsoft.Network/privateDnsZones/A",
  apiVersion: "2020-06-01",
  name: "[concat(parameters('privateDnsZone'), '/', parameters('name'))]",
  dependsOn: [`[${group}]`],
  properties: {
    ttl: 60,
    aRecords: [{ ipv4Address: `[reference(${group}, '2023-05-01').ipAddress.ip]` }],
  },
};
