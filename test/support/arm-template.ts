import { Ajv } from "ajv";

/**
 * What Azure Resource Manager takes, as far as our templates use it: API versions 2023-05-01 of Microsoft.ContainerInstance and
 * 2020-06-01 of Microsoft.Network, and the format of templates of 2019-04-01. Stricter than Azure's own schemas, which let
 * misspelt properties pass.
 */
const expression = { type: "string", pattern: "^\\[.+\\]$" };
const text = { type: "string", minLength: 1 };
const strict = <P extends object>(properties: P, optional: readonly (keyof P)[] = []) => ({
  type: "object",
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name as keyof P)),
  additionalProperties: false,
});
const list = (items: object) => ({ type: "array", minItems: 1, items });
const either = (...shapes: object[]) => ({ anyOf: shapes });

const ports = list(
  strict({ port: { type: "integer", minimum: 1, maximum: 65535 }, protocol: { const: "TCP" } }),
);
const name = { type: "string", pattern: "^([a-z0-9]([a-z0-9-]*[a-z0-9])?|\\[.+\\])$" };

const containerGroup = strict({
  type: { const: "Microsoft.ContainerInstance/containerGroups" },
  apiVersion: { const: "2023-05-01" },
  name,
  location: text,
  properties: strict(
    {
      sku: { enum: ["Standard", "Dedicated", "Confidential"] },
      osType: { enum: ["Linux", "Windows"] },
      restartPolicy: { enum: ["Always", "OnFailure", "Never"] },
      confidentialComputeProperties: strict({ ccePolicy: text }),
      ipAddress: strict({ type: { enum: ["Public", "Private"] }, dnsNameLabel: name, ports }, [
        "dnsNameLabel",
      ]),
      subnetIds: list(strict({ id: text })),
      containers: list(
        strict({
          name,
          properties: strict({
            image: text,
            command: list(text),
            ports,
            resources: strict({
              requests: strict({
                cpu: either({ type: "number" }, expression),
                memoryInGB: either({ type: "number" }, expression),
              }),
            }),
            volumeMounts: list(
              strict(
                { name, mountPath: { type: "string", pattern: "^/[^:]+$" }, readOnly: { type: "boolean" } },
                ["readOnly"],
              ),
            ),
          }),
        }),
      ),
      volumes: list(
        strict(
          {
            name,
            secret: { type: "object", minProperties: 1, additionalProperties: text },
            azureFile: strict(
              {
                shareName: text,
                storageAccountName: text,
                storageAccountKey: text,
                readOnly: { type: "boolean" },
              },
              ["readOnly"],
            ),
          },
          ["secret", "azureFile"],
        ),
      ),
    },
    ["subnetIds"],
  ),
});

const addressRecord = strict({
  type: { const: "Microsoft.Network/privateDnsZones/A" },
  apiVersion: { const: "2020-06-01" },
  name: text,
  dependsOn: list(expression),
  properties: strict({ ttl: { type: "integer" }, aRecords: list(strict({ ipv4Address: text })) }),
});

const parameter = strict(
  {
    type: { enum: ["string", "securestring", "int", "bool", "object", "secureObject", "array"] },
    defaultValue: {},
    minLength: { type: "integer" },
    maxLength: { type: "integer" },
    minValue: { type: "integer" },
    metadata: strict({ description: text }),
  },
  ["defaultValue", "minLength", "maxLength", "minValue"],
);

const template = strict({
  $schema: { const: "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#" },
  contentVersion: { type: "string", pattern: "^[0-9]+(\\.[0-9]+){3}$" },
  parameters: {
    type: "object",
    propertyNames: { pattern: "^[A-Za-z][A-Za-z0-9]*$" },
    additionalProperties: parameter,
  },
  resources: list(either(containerGroup, addressRecord)),
});

const validate = new Ajv({ strict: false }).compile(template);

/** What is wrong with a template, as text; "" if nothing is. */
export function problemsOf(candidate: object): string {
  return validate(candidate) ? "" : JSON.stringify(validate.errors);
}
