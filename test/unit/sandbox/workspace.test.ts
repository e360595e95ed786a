import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Workspace } from "../../../sandbox/workspace.js";

const embedded = { engine: "embedded" };

describe("Workspace", function () {
  this.timeout(20_000);
  let folder: string;
  let path: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "consortium-workspace-"));
    path = join(folder, "one");
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it("is made in a new folder, with keys for every member that only their owner can read", async () => {
    const workspace = await Workspace.open(path, { ...embedded, members: 2 });
    assert.deepEqual(
      workspace.members.map(({ name }) => name),
      ["alice", "bob"],
    );
    assert.equal(workspace.resumed, false);
    for (const { folder: own } of workspace.members)
      for (const file of ["key.pem", "recovery_key.pem"])
        assert.equal(statSync(join(own, file)).mode & 0o077, 0);
  });

  it("is opened again with the same members, and remembers what it was told", async () => {
    const first = await Workspace.open(path, embedded);
    first.writeServiceCertificate("certificate");
    first.recordDeployed("digest");
    assert.equal(first.nextTour(), 1);
    const second = await Workspace.open(path, { ...embedded, members: 2 });
    assert.equal(second.resumed, true);
    assert.equal(second.deployed, "digest");
    assert.equal(second.nextTour(), 2);
    assert.equal(second.serviceCertificatePem, "certificate");
    assert.equal(second.members[0].id, first.members[0].id);
  });

  it("is begun anew when making it was interrupted before there was a consortium", async () => {
    const unfinished = join(folder, "unfinished");
    mkdirSync(join(unfinished, "members", "alice"), { recursive: true });
    writeFileSync(join(unfinished, "members", "alice", "key.pem"), "half a key");
    const { members } = await Workspace.open(unfinished, { ...embedded, members: 1 });
    assert.match(members[0].privateKeyPem, /PRIVATE KEY/);
  });

  it("is never made in a folder that holds something else: NotAWorkspace, and nothing is written", async () => {
    const foreign = join(folder, "foreign");
    mkdirSync(foreign);
    writeFileSync(join(foreign, "thesis.txt"), "years of work");
    await assert.rejects(Workspace.open(foreign, embedded), { code: "NotAWorkspace" });
    assert.equal(existsSync(join(foreign, "members")), false);
  });

  it("that is damaged, or of another version, is left alone: NotAWorkspace", async () => {
    const damaged = join(folder, "damaged");
    for (const content of [
      "",
      "{}",
      '{"format":"consortium-ledger-workspace/99","engine":"embedded","members":["a"],"tours":0}',
    ]) {
      mkdirSync(damaged, { recursive: true });
      writeFileSync(join(damaged, "consortium.json"), content);
      await assert.rejects(Workspace.open(damaged, embedded), { code: "NotAWorkspace" });
      assert.equal(readFileSync(join(damaged, "consortium.json"), "utf8"), content);
    }
  });

  it("does not change its members or engine: WorkspaceDiffers", async () => {
    await assert.rejects(Workspace.open(path, { ...embedded, members: 3 }), { code: "WorkspaceDiffers" });
    await assert.rejects(Workspace.open(path, { engine: "other" }), { code: "WorkspaceDiffers" });
  });

  it("has 1 to 50 members: InvalidMembers", async () => {
    for (const members of [0, 51, 1.5])
      await assert.rejects(Workspace.open(join(folder, "none"), { ...embedded, members }), {
        code: "InvalidMembers",
      });
  });
});
