import { createHash } from "node:crypto";
import { UsageError } from "../../sdk/errors.js";
import type { Action } from "../../sdk/governance.js";

/** What a confidential container may do: the policy that its hardware attests. */
export interface SecurityPolicy {
  /** As Azure takes it (`ccePolicy`). */
  readonly base64: string;
  /** Rego. */
  readonly text: string;
  /** The `HOST_DATA` of every attestation report of such a container: SHA-256 of the text, 64 lower-case hex digits. */
  readonly hostData: string;
  /** Sentences about what it lets the host do that no node of the service needs. */
  readonly warnings: readonly string[];
}

/**
 * Reads a policy in base64, as `az confcom acipolicygen --print-policy` prints it. Not its Rego text: the digest is over
 * every byte, and a text that went through a file or an editor easily has another end of line.
 *
 * @throws {UsageError} `InvalidPolicy`
 */
export function readPolicy(printed: string): SecurityPolicy {
  const base64 = printed.trim();
  const invalid = (what: string) =>
    new UsageError(
      "InvalidPolicy",
      `The policy ${what}; give what az confcom acipolicygen --print-policy prints`,
    );
  const bytes = Buffer.from(base64, "base64");
  if (base64 === "" || bytes.toString("base64") !== base64) throw invalid("is not base64");
  const text = bytes.toString("utf8");
  // A vote carries the text; only UTF-8 has the same bytes there.
  if (!Buffer.from(text, "utf8").equals(bytes)) throw invalid("is no text in UTF-8");
  if (!/^package policy\b/.test(text)) throw invalid('is not Rego that begins with "package policy"');
  const hostData = createHash("sha256").update(bytes).digest("hex");
  return { base64, text, hostData, warnings: warningsOf(text) };
}

/** The vote that lets nodes with this policy join, to be passed before any of them is started. */
export function allowing({ hostData, text }: SecurityPolicy): Action {
  return { name: "add_snp_host_data", args: { host_data: hostData, security_policy: text } };
}

/** The vote that ends it, for when no node with this policy is left. */
export function forbidding({ hostData }: SecurityPolicy): Action {
  return { name: "remove_snp_host_data", args: { host_data: hostData } };
}

const WARNINGS: readonly (readonly [found: RegExp, warning: string])[] = [
  [
    /"allowed"\s*:\s*true/,
    "It allows something whatever the container is, as the policy that allows all does",
  ],
  [
    /"exec_processes"\s*:\s*\[\s*[^\]\s]/,
    "It lets the host start other processes in the container, such as a shell",
  ],
  [/"allow_elevated"\s*:\s*true/, "It lets the container run with all privileges"],
  [/\ballow_runtime_logging\s*:=\s*true/, "It lets the host read the log of the virtual machine"],
  [/\ballow_dump_stacks\s*:=\s*true/, "It lets the host read stacks of the virtual machine"],
  [/\ballow_unencrypted_scratch\s*:=\s*true/, "It lets the container write unencrypted to the host's disk"],
];

function warningsOf(text: string): string[] {
  return WARNINGS.filter(([found]) => found.test(text)).map(([, warning]) => warning);
}
