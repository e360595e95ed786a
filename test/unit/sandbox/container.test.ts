import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { containerRequest, interfacesOf, networkOf, userInside } from "../../../sandbox/ccf/container.js";
import { projectFolder } from "../../../sandbox/project.js";

const place = { name: "node1", folder: "/home/alice/workspace/nodes/node1" };
const published = "127.0.0.1:8443";
const asked = { image: "ccf:7", network: "consortium-1", published, user: "1000:1000" };
const request = () => containerRequest(place, asked);

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
    const { HostConfig, WorkingDir, User, Labels } = request();
    assert.deepEqual(HostConfig?.Binds, [`${place.folder}:/node:z`]);
    assert.equal(WorkingDir, "/node");
    assert.equal(User, "1000:1000");
    assert.equal(HostConfig.AutoRemove, true);
    assert.deepEqual(Labels, { "consortium-ledger.node": place.folder });
  });

  it("writes as whoever started it; as root where the runtime has no root, whose root is whoever runs it", () => {
    const alice = { getuid: () => 1000, getgid: () => 100 };
    assert.equal(userInside({ SecurityOptions: ["name=seccomp,profile=default"] }, alice), "1000:100");
    assert.equal(userInside({ SecurityOptions: ["name=rootless"] }, alice), "0:0");
    assert.equal(userInside({ SecurityOptions: [], Rootless: true }, alice), "0:0");
    assert.equal(userInside({ Rootless: false }, alice), "1000:100");
    assert.equal(userInside({}, {}), undefined);
  });

  it("outlives whoever started it: nothing marks it for those who clean up after tests", () => {
    assert.equal(
      Object.keys(request().Labels ?? {}).some((label) => label.startsWith("org.testcontainers")),
      false,
    );
  });

  it("runs the node of any image alike, whatever that image would run by itself; its log is in the folder", () => {
    const { Image, Entrypoint, Cmd } = request();
    assert.equal(Image, "ccf:7");
    assert.deepEqual(Entrypoint, ["/bin/sh", "-c"]);
    assert.deepEqual(Cmd, ["exec /opt/ccf/bin/js_generic --config node_config.json >> node.log 2>&1"]);
  });

  it("has no rights beyond those of its files", () => {
    const given = Object.keys(request().HostConfig ?? {}).sort();
    assert.deepEqual(given, ["AutoRemove", "Binds", "NetworkMode", "PortBindings"]);
  });

  describe("where nothing runs containers", () => {
    before(function () {
      if (!answering.some((socket) => existsSync(socket))) return;
      console.warn("skipped: what is said where nothing runs containers, since something does");
      this.skip();
    });

    it("is not started: EngineMissing says what to install, status 2", () => {
      const workspace = mkdtempSync(join(tmpdir(), "consortium-no-engine-"));
      const options = ["--engine", "container", "--port", "0", "--exit", "--json", "--workspace", workspace];
      const { status, stdout } = run("sandbox/start.ts", ...options);
      rmSync(workspace, { recursive: true });
      assert.match(stdout, /"EngineMissing".*Install Docker/);
      assert.equal(status, 2);
    });

    it("is not tested: test:container says what to install, and ends with the code for skipped", () => {
      const { status, stderr } = run("scripts/test-engine.ts", "container");
      assert.match(stderr, /skipped: .*Install Docker/);
      assert.equal(status, 77);
    });
  });
});

/** Where runtimes answer that were not named. */
const answering = ["/var/run/docker.sock", `/run/user/${process.getuid?.()}/docker.sock`];

function run(script: string, ...options: string[]) {
  const nowhere = {
    DOCKER_HOST: "unix:///nowhere/docker.sock",
    HOME: "/nowhere",
    XDG_RUNTIME_DIR: "/nowhere",
  };
  return spawnSync(process.execPath, ["--import=tsx", script, ...options], {
    cwd: projectFolder,
    encoding: "utf8",
    env: { ...process.env, ...nowhere },
  });
}
