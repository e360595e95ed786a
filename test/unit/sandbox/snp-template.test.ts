import assert from "node:assert/strict";
import { CONTAINER_PORTS } from "../../../sandbox/ccf/configuration.js";
import { deploymentTemplate, type Reach } from "../../../sandbox/snp/template.js";
import { problemsOf } from "../../support/arm-template.js";

interface Volume {
  name: string;
  secret?: object;
  azureFile?: object;
}
interface Template {
  parameters: Record<string, { defaultValue?: unknown }>;
  resources: [
    {
      properties: {
        sku: string;
        restartPolicy: string;
        ipAddress: { type: string; ports: { port: number }[] };
        subnetIds?: object[];
        containers: {
          properties: {
            image: string;
            command: string[];
            environmentVariables?: object[];
            volumeMounts: { name: string; mountPath: string }[];
          };
        }[];
        volumes: Volume[];
      };
    },
    ...{ type: string; dependsOn: string[] }[],
  ];
}
const templateFor = (reach: Reach) => deploymentTemplate(reach) as Template;
const group = (reach: Reach) => templateFor(reach).resources[0].properties;

describe("the template that deploys a confidential node", () => {
  for (const reach of ["private", "public"] as const) {
    it(`is one that Azure takes (${reach})`, () => {
      assert.equal(problemsOf(templateFor(reach)), "");
    });

    it(`names every parameter that it uses, and uses every one that it names (${reach})`, () => {
      const { parameters, resources } = templateFor(reach);
      const used = [...JSON.stringify(resources).matchAll(/parameters\('([^']+)'\)/g)].map(
        ([, name]) => name,
      );
      assert.deepEqual([...new Set(used)].sort(), Object.keys(parameters).sort());
    });
  }

  it("would not be taken with a property misspelt", () => {
    const template = templateFor("private");
    const [resource] = template.resources;
    Object.assign(resource.properties, { restartPolciy: "Never" });
    assert.match(problemsOf(template), /restartPolciy/);
  });

  it("deploys nothing without a policy, an image and a configuration that somebody gave", () => {
    const { parameters } = templateFor("private");
    for (const name of ["name", "location", "image", "ccePolicy", "nodeConfiguration"])
      assert.equal(parameters[name]?.defaultValue, undefined, name);
  });

  it("is for confidential hardware, and never starts a node that has ended again", () => {
    const { sku, restartPolicy } = group("private");
    assert.deepEqual([sku, restartPolicy], ["Confidential", "Never"]);
  });

  it("has the same container for every node, so that one policy and one vote hold for all of them", () => {
    const { containers } = group("private");
    const [{ properties }] = containers as [(typeof containers)[number]];
    const { image, command, environmentVariables, volumeMounts } = properties;
    assert.equal(image, "[parameters('image')]");
    assert.equal(environmentVariables, undefined);
    assert.doesNotMatch(JSON.stringify([command, volumeMounts]), /parameters/);
    assert.deepEqual(containers, group("public").containers);
  });

  it("mounts each volume that it has: the configuration, and the share with the ledger", () => {
    const { containers, volumes } = group("private");
    const mounts = containers[0]?.properties.volumeMounts ?? [];
    assert.deepEqual(
      mounts.map(({ name }) => name),
      volumes.map(({ name }) => name),
    );
    assert.ok(volumes[0]?.secret && volumes[1]?.azureFile);
    assert.ok(containers[0]?.properties.command.includes("/configuration/node_config.json"));
  });

  it("asks nobody for the key of the storage account", () => {
    const { parameters, resources } = templateFor("private");
    assert.match(JSON.stringify(resources), /"storageAccountKey":"\[listKeys\(/);
    assert.ok(!Object.keys(parameters).some((name) => /key/i.test(name)));
  });

  it("opens the three interfaces in a private network, under a name that is known before the address is", () => {
    const { ipAddress, subnetIds } = group("private");
    assert.equal(ipAddress.type, "Private");
    assert.deepEqual(
      ipAddress.ports.map(({ port }) => port),
      Object.values(CONTAINER_PORTS),
    );
    assert.equal(subnetIds?.length, 1);
    const [, record] = templateFor("private").resources;
    assert.equal(record?.type, "Microsoft.Network/privateDnsZones/A");
    assert.match(record.dependsOn.join(), /containerGroups/);
  });
});
