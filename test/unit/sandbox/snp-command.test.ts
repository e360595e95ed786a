import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeMember } from "../../../sandbox/member.js";

/** The built program, as operators run it; `npm test` builds it first. */
const main = fileURLToPath(new URL("../../../dist/node/sandbox/snp.js", import.meta.url));

describe("npm run snp", function () {
  this.timeout(30_000);
  let root: string;

  before(async function () {
    if (!existsSync(main)) {
      console.warn("skipped: the command is not built; run: npm run build");
      this.skip();
    }
    root = mkdtempSync(join(tmpdir(), "consortium-snp-command-"));
    await makeMember(join(root, "members", "alice"), "alice");
  });
  after(() => {
    if (root) rmSync(root, { recursive: true, force: true });
  });

  const snp = (...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      execFile(process.execPath, [main, ...args], { cwd: root }, (error, stdout, stderr) => {
        resolve({ status: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
      });
    });
  const policy = Buffer.from("package policy\n").toString("base64");

  it("goes from a template by a policy to a node that can be deployed, and overwrites nothing", async () => {
    const image = `registry.example.com/ccf@sha256:${"a".repeat(64)}`;
    const where = ["--location", "westeurope", "--storage-account", "ledgerfiles"];
    const template = await snp("template", "azure", ...where, "--image", image);
    assert.deepEqual([template.status, template.stderr], [0, ""]);
    assert.match(template.stdout, /^template +azure\/template\.json\nparameters +azure\/parameters\.json\n$/);
    assert.equal((await snp("template", "azure", ...where, "--image", image)).status, 2);

    writeFileSync(join(root, "azure", "policy.base64"), `${policy}\n\n`);
    const told = await snp("--json", "policy", "azure/policy.base64", "--proposals", "votes");
    const { hostData, warnings, proposals } = JSON.parse(told.stdout) as {
      hostData: string;
      warnings: string[];
      proposals: string[];
    };
    assert.deepEqual(warnings, []);
    assert.deepEqual(proposals, ["votes/add_snp_host_data.json", "votes/remove_snp_host_data.json"]);
    assert.deepEqual(JSON.parse(readFileSync(join(root, "votes/add_snp_host_data.json"), "utf8")), {
      actions: [
        { name: "add_snp_host_data", args: { host_data: hostData, security_policy: "package policy\n" } },
      ],
    });
    assert.equal((await snp("policy", "azure/policy.base64", "--proposals", "votes")).status, 2);

    const members = ["--members", "members", "--threshold", "1"];
    const started = await snp("--json", "start", "azure", "node0", ...members);
    assert.deepEqual(JSON.parse(started.stdout), {
      name: "node0",
      url: "https://node0.westeurope.azurecontainer.io:8080",
      joinAddress: "node0.westeurope.azurecontainer.io:8081",
      parametersFile: "azure/node0/parameters.json",
      share: "azure/node0/share",
    });
    const again = await snp("--json", "start", "azure", "node0", ...members);
    assert.equal(again.status, 2);
    assert.equal((JSON.parse(again.stderr) as { error: { code: string } }).error.code, "NodeExists");
  });

  it("says what is wrong with how it is called, and ends with 2", async () => {
    for (const [args, message] of [
      [["join", "azure", "node1", "--target", "node0", "--service-cert", "x"], /give HOST:PORT/],
      [["start", "azure", "node1", "--members", "members", "--threshold", "0"], /give a whole number/],
      [
        ["start", "azure", "node1", "--members", "members", "--threshold", "2"],
        /InvalidThreshold: 1 members/,
      ],
      [["recover", "azure", "node1", "--service-cert", "x"], /--nodes/],
      [["policy", "nowhere"], /CannotRead/],
    ] as const) {
      const { status, stderr } = await snp(...args);
      assert.equal(status, 2, args.join(" "));
      assert.match(stderr, message);
    }
  });
});
