import { Refusal } from "../../kit/refusal.js";
import type { CaPolicy } from "../tables.js";
import { isInRange, readAddress, readAddressRange } from "./addresses.js";
import type { AlternativeName } from "./alternative-names.js";
import { isAllowedBy } from "./dns-names.js";
import type { Name } from "./subject.js";

/** What is asked to be certified, and whether the request is signed with the key that it is about. */
export interface Claimed {
  readonly subject: Name;
  readonly names: readonly AlternativeName[];
  readonly proven: boolean;
}

/**
 * The members' limits of what may be certified under a contract.
 *
 * @throws {Refusal} `CaPolicyViolation`
 */
export function requireAllowed(policy: CaPolicy, { subject, names, proven }: Claimed): void {
  if (policy.requireCsr && !proven) {
    throw violation('wants proof that you hold the key: send a request signed with it (PKCS #10) in "csr"');
  }
  for (const name of names) {
    if (!isAllowed(policy, name)) throw violation(`does not allow the name "${name.written}"`);
  }
  const host = hostOf(subject);
  if (host === undefined || names.some(({ kind }) => kind === "dNSName") || isAllowed(policy, host)) return;
  throw violation(
    `does not allow the name "${host.written}" in CN, which clients take for a host where there is no dNSName`,
  );
}

function isAllowed(policy: CaPolicy, { kind, value }: AlternativeName): boolean {
  if (kind === "dNSName") return policy.allowedDnsNames.some((pattern) => isAllowedBy(pattern, value));
  return policy.allowedIpAddresses.some((allowed) => {
    const range = readAddressRange(allowed);
    return range !== undefined && isInRange(value, range);
  });
}

/** What a client may take for the name of a host, loosely: clients differ in what else than host names they match. */
function hostOf(subject: Name): AlternativeName | undefined {
  const written = subject.find(({ type }) => type === "CN")?.value;
  if (written === undefined || written.includes(" ")) return undefined;
  const address = readAddress(written);
  return address === undefined
    ? { kind: "dNSName", written, value: written }
    : { kind: "iPAddress", written, value: address };
}

function violation(what: string): Refusal {
  return new Refusal("CaPolicyViolation", `The contract's policy for certificates ${what}.`);
}
