import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeMember, readMember } from "../../../sandbox/member.js";
import { readFounders } from "../../../sandbox/snp/founders.js";

describe("the founders of a service on confidential nodes", function () {
  this.timeout(10_000);
  let root: string;
  let folder: string;

  before(async () => {
    root = mkdtempSync(join(tmpdir(), "consortium-founders-"));
    await makeMember(join(root, "keys"), "alice");
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  beforeEach(() => {
    folder = mkdtempSync(join(root, "members-"));
    mkdirSync(join(folder, "alice"));
    for (const file of ["cert.pem", "recovery_public_key.pem"])
      copyFileSync(join(root, "keys", file), join(folder, "alice", file));
  });

  const refused = (code: string, message: RegExp) =>
    assert.throws(() => readFounders(folder), { name: "UsageError", code, message });

  it("are read from the public files that members give", () => {
    const { certificatePem, recoveryPublicKeyPem } = readMember(join(root, "keys"), "alice");
    assert.deepEqual(readFounders(folder), [{ name: "alice", certificatePem, recoveryPublicKeyPem }]);
  });

  it("are refused where there are none", () => {
    rmSync(folder, { recursive: true });
    refused("NoMembers", /each founder needs one/);
    mkdirSync(folder);
    refused("NoMembers", /each founder needs one/);
  });

  it("are refused with a file missing, or with something else in it", () => {
    writeFileSync(join(folder, "alice", "cert.pem"), "no certificate");
    refused("InvalidMember", /cert\.pem is neither/);
    rmSync(join(folder, "alice", "cert.pem"));
    refused("InvalidMember", /cert\.pem is missing/);
  });

  it("are refused with a private key, which would go to a disk of the operator, and it is not told on", () => {
    copyFileSync(join(root, "keys", "recovery_key.pem"), join(folder, "alice", "recovery_public_key.pem"));
    refused("InvalidMember", /recovery_public_key\.pem has a private key in it, which nobody else may see$/);
  });
});
