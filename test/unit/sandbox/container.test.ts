import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { containerRequest, interfacesOf, networkOf } from "../../../sandbox/ccf/container.js";
import { projectFolder } from "../../../sandbox/project.js";

const place = { name: "node1", folder: "/home/alice/workspace/nodes/node1" };
const published = "127.0.0.1:8443";
const request = () => containerRequest(place, { image: "ccf:7", network: "consortium-1", published });

describe("a node in a container", function () {
  this.timeout(30_000);

  it("is reached by clients at one address of the machine, and by nothing else from outside", () => {
    const { HostConfig, ExposedPorts } = request();
    assert.deepEqual(HostConfig?.PortBindings, { "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: "8443" }] });
    assert.deepEqual(ExposedPorts, { "8080/tcp": {} });
  });

  it("is reached by other nodes by its name, on the network of their workspace", () => {
    const { NetworkingConfig, HostConfig } = request();
    assert.deepEqual(NetworkingConfig?.EndpointsConfig, { "consortium-1": { Aliases: ["node1"] } });
    assert.equal(HostConfig?.NetworkMode, "consortium-1");
    const { clients, operators, nodes } = interfacesOf("node1", published);
    assert.deepEqual(
      [clients.published, operators.published, nodes.published],
      [published, "node1:8081", "node1:8082"],
    );
    assert.equal(networkOf(place.folder), networkOf("/home/alice/workspace/nodes/node2"));
    assert.notEqual(networkOf(place.folder), networkOf("/home/bob/workspace/nodes/node1"));
  });

  it("keeps everything in its folder, as files of whoever started it, and is gone when it has ended", () => {
    const { HostConfig, WorkingDir, User } = request();
    assert.deepEqual(HostConfig?.Binds, [`${place.folder}:/node`]);
    assert.equal(WorkingDir, "/node");
    assert.equal(User, `${process.getuid?.()}:${process.getgid?.()}`);
    assert.equal(HostConfig.AutoRemove, true);
  });

  it("has no rights beyond those of its files", () => {
    const given = Object.keys(request().HostConfig ?? {}).sort();
    assert.deepEqual(given, ["AutoRemove", "Binds", "NetworkMode", "PortBindings"]);
  });

  it("is not tested where nothing runs containers: test:container says what to install, and ends with the code for skipped", function () {
    const { status, stderr } = spawnSync("npx", ["tsx", "scripts/test-engine.ts", "container"], {
      cwd: projectFolder,
      encoding: "utf8",
      env: { ...process.env, DOCKER_HOST: "unix:///nowhere/docker.sock", TESTCONTAINERS_HOST_OVERRIDE: "" },
    });
    if (!stderr.includes("No container runtime answers")) {
      console.warn("skipped: a container runtime answers elsewhere than where it is named");
      this.skip();
    }
    assert.equal(status, 77);
    assert.match(stderr, /Install Docker or Podman/);
  });
});
