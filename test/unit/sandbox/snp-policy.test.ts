import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { allowing, forbidding, readPolicy } from "../../../sandbox/snp/policy.js";
import { Consortium } from "../constitution/consortium.js";

const base64 = (text: string | Uint8Array): string => Buffer.from(text).toString("base64");
/** In the form that Azure's tool gives a policy. */
const rego = (containers: object[] = [{}], more = ""): string =>
  `package policy

import future.keywords.every

api_version := "0.10.0"

containers := ${JSON.stringify(
    containers.map((one) => ({ allow_elevated: false, exec_processes: [], command: ["js_generic"], ...one })),
  )}

allow_properties_access := true
allow_dump_stacks := false
allow_runtime_logging := false
allow_unencrypted_scratch := false

mount_device := data.framework.mount_device
${more}`;

describe("a security policy", () => {
  it("is known by its host data: the SHA-256 of its text, byte by byte", () => {
    // independently: printf 'package policy\n' | sha256sum
    const { hostData, text } = readPolicy(base64("package policy\n"));
    assert.equal(hostData, "89d09cb5c2f579afa733a1f68ae0dd5ff13e59efa75b870c64ca9fd62e9ec139");
    assert.equal(text, "package policy\n");
  });

  it("may be followed by the empty lines with which it is printed", () => {
    const policy = readPolicy(`${base64(rego())}\n\n`);
    assert.equal(policy.base64, base64(rego()));
    assert.equal(policy.hostData, createHash("sha256").update(rego()).digest("hex"));
  });

  it("becomes a vote that the constitution takes, and another that takes it back", () => {
    const policy = readPolicy(base64(rego([{}], "# für alle\n")));
    const consortium = new Consortium();
    const table = "public:ccf.gov.nodes.snp.host_data";
    consortium.accept(allowing(policy));
    assert.equal(consortium.ccf.get(table, policy.hostData), policy.text);
    consortium.accept(forbidding(policy));
    assert.deepEqual(consortium.ccf.keys(table), []);
  });

  for (const [what, given] of [
    ["as text, whose end of line may have changed", rego()],
    ["cut off", base64(rego()).slice(0, -1)],
    ["empty", " \n"],
    ["that is no Rego", base64('{"containers": []}')],
    [
      "that a vote could not carry, since it is no UTF-8",
      base64(Buffer.from("package policy\n#\xff", "latin1")),
    ],
  ] as const)
    it(`is refused ${what}`, () => {
      assert.throws(() => readPolicy(given), { code: "InvalidPolicy", message: /--print-policy/ });
    });

  it("without anything that no node needs comes with no warning", () => {
    assert.deepEqual(readPolicy(base64(rego())).warnings, []);
  });

  for (const [what, text, warning] of [
    ["all", 'package policy\n\nmount_device := {"allowed": true}\n', /allows all/],
    ["a shell", rego([{}, { exec_processes: [{ command: ["/bin/sh"], signals: [] }] }]), /shell/],
    ["all privileges", rego([{ allow_elevated: true }]), /privileges/],
    ["the log of the machine", rego().replace("logging := false", "logging := true"), /log/],
    ["stacks", rego().replace("stacks := false", "stacks := true"), /stacks/],
    ["unencrypted files", rego().replace("scratch := false", "scratch := true"), /unencrypted/],
  ] as const)
    it(`that allows ${what} comes with a warning`, () => {
      const { warnings } = readPolicy(base64(text));
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? "", warning);
    });
});
