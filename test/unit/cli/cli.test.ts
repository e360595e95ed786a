import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { X509Certificate } from "node:crypto";
import { fileURLToPath } from "node:url";
import { decodeCoseSign1, verifyCoseSign1 } from "../../../sdk/cose.js";
import { BALLOTS } from "../../../sdk/governance.js";
import { memberIdOf } from "../../../sdk/identity.js";

/** The built program, as users run it; `npm test` builds it first. */
const main = fileURLToPath(new URL("../../../dist/node/cli/main.js", import.meta.url));
const fixtures = new URL("../../../../shared/fixtures/ledger/", import.meta.url);

interface Outcome {
  status: number;
  stdout: Buffer;
  stderr: string;
}

/** Runs the command as a user does, with nothing in its environment that could answer for missing options. */
function consortium(args: string[], stdin = ""): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH };
    const child = execFile(
      process.execPath,
      [main, ...args],
      { encoding: "buffer", env },
      (error, stdout, stderr) => {
        resolve({
          status: typeof error?.code === "number" ? error.code : 0,
          stdout,
          stderr: stderr.toString(),
        });
      },
    );
    child.stdin?.end(stdin);
  });
}

describe("consortium", function () {
  this.timeout(30_000);
  let folder = "";
  let member: string;

  before(async function () {
    if (!existsSync(main)) {
      console.warn("skipped: the command is not built; run: npm run build");
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), "consortium-cli-"));
    member = join(folder, "alice");
    const { status, stdout } = await consortium(["--json", "keygen", member]);
    assert.equal(status, 0);
    const { memberId } = JSON.parse(stdout.toString()) as { memberId: string };
    assert.equal(memberId, memberIdOf(readFileSync(join(member, "cert.pem"), "utf8")));
  });

  after(() => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it("keygen makes keys that only their owner can read, and never overwrites any", async () => {
    for (const file of ["key.pem", "recovery_key.pem"])
      assert.equal(statSync(join(member, file)).mode & 0o077, 0);
    const before = readFileSync(join(member, "key.pem"), "utf8");
    const { status, stderr } = await consortium(["keygen", member]);
    assert.equal(status, 2);
    assert.match(stderr, /FolderExists/);
    assert.equal(readFileSync(join(member, "key.pem"), "utf8"), before);
  });

  it("sign ballot writes a message that holds the vote, names the proposal, and verifies with the certificate", async () => {
    const { status, stdout } = await consortium([
      "sign",
      "ballot",
      "--member",
      member,
      "--proposal",
      "ab12",
      "--accept",
    ]);
    assert.equal(status, 0);
    const message = decodeCoseSign1(stdout);
    const certificate = readFileSync(join(member, "cert.pem"), "utf8");
    assert.ok(verifyCoseSign1(message, new X509Certificate(certificate).publicKey));
    assert.deepEqual(JSON.parse(Buffer.from(message.payload ?? []).toString()), { ballot: BALLOTS.accept });
    const headers = message.protectedHeaders;
    assert.equal(headers.get("ccf.gov.msg.type"), "ballot");
    assert.equal(headers.get("ccf.gov.msg.proposal_id"), "ab12");
    assert.equal(Buffer.from(headers.get(4) as Uint8Array).toString(), memberIdOf(certificate));
  });

  it("sign proposal takes the proposal from standard input; sign state-digest and withdrawal have no payload", async () => {
    const proposal = { actions: [{ name: "set_user" }] };
    const { stdout } = await consortium(
      ["sign", "proposal", "-", "--member", member],
      JSON.stringify(proposal),
    );
    assert.deepEqual(JSON.parse(Buffer.from(decodeCoseSign1(stdout).payload ?? []).toString()), proposal);
    const digest = await consortium([
      "sign",
      "state-digest",
      "--member",
      member,
      "--created-at",
      "1700000000",
    ]);
    assert.equal(decodeCoseSign1(digest.stdout).payload?.length, 0);
    assert.equal(
      decodeCoseSign1(digest.stdout).protectedHeaders.get("ccf.gov.msg.created_at"),
      1_700_000_000,
    );
    const withdrawal = await consortium(["sign", "withdrawal", "--member", member, "--proposal", "ab12"]);
    assert.equal(decodeCoseSign1(withdrawal.stdout).protectedHeaders.get("ccf.gov.msg.type"), "withdrawal");
  });

  const trusting = ["--url", "https://127.0.0.1:1", "--service-cert", "MEMBER/cert.pem"];
  const asMember = ["--member", "MEMBER", ...trusting];
  const misuses: [string, string[], RegExp][] = [
    ["an unknown command", ["frobnicate"], /unknown command/],
    ["an unknown option", ["members", "list", "--frobnicate"], /unknown option/],
    ["nobody to sign", ["sign", "state-digest"], /--member/],
    ["a folder without keys", ["sign", "state-digest", "--member", "nowhere"], /CannotRead/],
    [
      "a ballot that says both",
      ["sign", "ballot", "--cert", "c", "--key", "k", "--proposal", "1", "--accept", "--reject"],
      /how to vote/,
    ],
    ["no service", ["members", "list"], /--url/],
    [
      "a service without a certificate to trust",
      ["members", "list", "--url", "https://127.0.0.1:1"],
      /--service-cert/,
    ],
    [
      "a recovery without a recovery key",
      ["recovery", "submit-share", "--cert", "MEMBER/cert.pem", "--key", "MEMBER/key.pem", ...trusting],
      /--recovery-key/,
    ],
    ["an argument without a value", ["propose-action", "set_user", "cert", ...asMember], /NAME=TEXT/],
    [
      "an argument that is no JSON",
      ["propose-action", "set_user", "user_data:=yes", ...asMember],
      /takes JSON/,
    ],
    ["an argument given twice", ["propose-action", "set_user", "a=1", "a:=2", ...asMember], /twice/],
    [
      "an argument of a file that is not there",
      ["propose-action", "x", "a=@nowhere", ...asMember],
      /CannotRead/,
    ],
    ["a receipt that is not there", ["receipt", "verify", "nowhere.json"], /CannotRead/],
  ];
  for (const [what, args, says] of misuses)
    it(`${what} is a wrong call: exit code 2, and standard output stays empty`, async () => {
      const { status, stdout, stderr } = await consortium(args.map((arg) => arg.replace("MEMBER", member)));
      assert.equal(status, 2);
      assert.match(stderr, says);
      assert.equal(stdout.length, 0);
    });

  it("a service that is not there is a failure: exit code 1, as JSON if wanted", async () => {
    const args = ["--json", "vote", "1", "--accept", ...asMember].map((arg) => arg.replace("MEMBER", member));
    const { status, stderr } = await consortium(args);
    assert.equal(status, 1);
    const { error } = JSON.parse(stderr) as { error: { code: string } };
    assert.equal(error.code, "Unreachable");
  });

  describe("receipt verify", () => {
    before(function () {
      if (existsSync(fixtures)) return;
      console.warn("skipped: there are no receipts to verify beside this project");
      this.skip();
    });

    const verify = (...args: string[]) => {
      const { json } = JSON.parse(
        readFileSync(new URL("service/receipts/claimed.json", fixtures), "utf8"),
      ) as { json: unknown };
      const file = join(folder, "receipt.json");
      writeFileSync(file, JSON.stringify(json));
      const trust = fileURLToPath(new URL("service/service_cert.pem", fixtures));
      return consortium(["--json", "receipt", "verify", file, "--service-cert", trust, ...args]);
    };
    const at = ["--at", "2026-11-23T14:00:00Z"];

    it("says that a receipt verifies, and for what: exit code 0", async () => {
      const { status, stdout } = await verify(...at, "--transaction", "2.93");
      assert.equal(status, 0);
      const { verified, txId } = JSON.parse(stdout.toString()) as { verified: boolean; txId: string };
      assert.deepEqual([verified, txId], [true, "2.93"]);
    });

    it("says why one does not: exit code 3", async () => {
      const document = join(folder, "document.json");
      writeFileSync(document, '{"accepted":false}');
      for (const [code, args] of [
        ["ClaimsMismatch", [...at, "--document", document]],
        ["TransactionMismatch", [...at, "--transaction", "2.94"]],
        ["CertificateNotValid", ["--at", "2036-01-01T00:00:00Z"]],
      ] as const) {
        const { status, stdout, stderr } = await verify(...args);
        assert.deepEqual([status, stdout.length], [3, 0]);
        assert.ok(stderr.includes(code), stderr);
      }
    });
  });
});
