import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EmbeddedNode } from "../../../sandbox/embedded/node.js";
import { embedded } from "../../../sandbox/engine-embedded.js";
import type { RunningNode } from "../../../sandbox/engine.js";
import { makeMember, readMember, type Member } from "../../../sandbox/member.js";
import { Client } from "../../../sdk/client.js";
import { signGovernanceMessage } from "../../../sdk/cose.js";
import { UsageError } from "../../../sdk/errors.js";
import { clockWrongBy, onFullDisk } from "../../support/faults.js";

const constitution = "export function validate() {} export function resolve() {} export function apply() {}";
const DAY = 24 * 60 * 60;

describe("an embedded node whose machine is in trouble", () => {
  const directory = mkdtempSync(join(tmpdir(), "faults-"));
  const folder = join(directory, "node0");
  let member: Member;

  before(async () => {
    await makeMember(join(directory, "alice"), "alice");
    member = readMember(join(directory, "alice"), "alice");
  });
  beforeEach(async () => {
    rmSync(folder, { recursive: true, force: true });
    await (await start()).stop();
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });

  const config = () => ({
    directory: folder,
    members: [{ certificate: member.certificatePem }],
    constitution,
  });
  const start = () => EmbeddedNode.start(config());
  const refused = (code: string, message: RegExp) => (error: unknown) => {
    assert.ok(error instanceof UsageError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
  const startsAgain = async () => {
    await (await start()).stop();
  };

  describe("on a full disk", () => {
    let node: RunningNode;
    let client: Client;
    const warnings: string[] = [];
    const listen = (warning: Error) => warnings.push(warning.message);

    beforeEach(async () => {
      node = await embedded.start(
        { name: "node0", folder, address: "127.0.0.1", port: 0 },
        { type: "Start", members: [member], recoveryThreshold: 1, constitution },
      );
      const serviceCertificatePem = embedded.serviceCertificate(folder) ?? "";
      client = new Client({ url: node.url, serviceCertificatePem });
      warnings.length = 0;
      process.on("warning", listen);
    });
    afterEach(async () => {
      process.off("warning", listen);
      client.close();
      await node.stop();
    });

    const acknowledge = () =>
      client.exchange("POST", `/gov/members/state-digests/${member.id}:update?api-version=2024-07-01`, {
        body: signGovernanceMessage({ ...member, type: "state_digest", payload: "" }),
        contentType: "application/cose",
      });

    it("refuses to write, says why, reads on, and goes on when there is room", async () => {
      const before = (await client.get("/node/commit")).json();
      await onFullDisk(async () => {
        const answer = await acknowledge();
        assert.equal(answer.status, 503);
        assert.match(JSON.stringify(answer.json()), /TransactionReplicationFailed/);
        assert.deepEqual((await client.get("/node/commit")).json(), before);
      });
      await new Promise((resolve) => setTimeout(resolve, 10));
      assert.match(warnings.join("\n"), /the disk is full; free some space/);
      const answer = await acknowledge();
      assert.equal(answer.status, 200);
      await client.committed(String(answer.headers["x-ms-ccf-transaction-id"]));
    });
  });

  describe("when its clock is wrong", () => {
    it("does not start before its certificates are valid, and says what to do", async () => {
      await clockWrongBy(-2 * DAY, () =>
        assert.rejects(start(), refused("ClockBehind", /of the service is valid from .*set the clock right/)),
      );
      await startsAgain();
    });

    it("does not start after they have expired", async () => {
      await clockWrongBy(100 * DAY, () =>
        assert.rejects(
          start(),
          refused("CertificateExpired", /of the service was valid until .*another folder/),
        ),
      );
      await startsAgain();
    });
  });

  describe("when its folder cannot be used", () => {
    const key = () => join(folder, "node", "service_privk.pem");

    it("says which key is missing", async () => {
      const pem = readFileSync(key());
      rmSync(key());
      await assert.rejects(start(), refused("LedgerIncomplete", /service_privk\.pem.*missing; restore it/));
      writeFileSync(key(), pem);
      await startsAgain();
    });

    it("says which key is damaged, and nothing of what is in it", async () => {
      const pem = readFileSync(key(), "utf8");
      const secret = pem.split("\n")[1] ?? "";
      for (const damage of ["", pem.slice(0, 100), pem.replace("\n", ""), "?".repeat(200)]) {
        writeFileSync(key(), damage);
        await assert.rejects(start(), (error) => {
          assert.ok(error instanceof Error && !error.message.includes(secret.slice(0, 20)));
          return refused("LedgerDamaged", /service_privk\.pem is damaged.*Restore/)(error);
        });
      }
      writeFileSync(key(), pem);
      await startsAgain();
    });

    it("says that its ledger is gone, and begins no other in its place", async () => {
      rmSync(join(folder, "ledger"), { recursive: true });
      await assert.rejects(start(), refused("LedgerIncomplete", /keys of a service but no ledger/));
      assert.ok(!existsSync(join(folder, "ledger")));
    });

    it("says that a file is in the place of its folder", async () => {
      rmSync(folder, { recursive: true });
      writeFileSync(folder, "");
      await assert.rejects(start(), refused("LedgerInaccessible", /Cannot begin a service in .*node0/));
      assert.equal(readFileSync(folder, "utf8"), "");
      rmSync(folder);
    });

    it("says that it may not read its ledger", async function () {
      if (process.getuid?.() === 0) this.skip(); // to the superuser everything is allowed
      const ledger = join(folder, "ledger");
      chmodSync(ledger, 0o000);
      await assert.rejects(start(), refused("LedgerInaccessible", /Cannot read .*ledger/));
      chmodSync(ledger, 0o700);
      await startsAgain();
    });
  });
});
