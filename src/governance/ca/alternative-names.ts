import { Refusal } from "../../kit/refusal.js";
import { readAddress } from "./addresses.js";
import { isDnsName } from "./dns-names.js";

/** A name besides the subject's by which clients know a server. */
export interface AlternativeName {
  readonly kind: "dNSName" | "iPAddress";
  /** As the client wrote it. */
  readonly written: string;
  /** A host name, or the bytes of an address in lower-case hex. */
  readonly value: string;
}

/**
 * Reads names as clients write them: `dNSName:*.cleanroom.local`, `iPAddress:10.0.0.4`.
 *
 * @throws {Refusal} `InvalidSubjectAlternateName`
 */
export function readAlternativeNames(written: readonly string[]): AlternativeName[] {
  const names = written.map(readAlternativeName);
  return names.filter(({ kind, value }, index) => {
    const same = (other: AlternativeName): boolean => other.kind === kind && other.value === value;
    return names.findIndex(same) === index;
  });
}

function readAlternativeName(written: string): AlternativeName {
  const [, kind = "", name = ""] = /^([^:]*):(.*)$/s.exec(written) ?? [];
  switch (kind) {
    case "dNSName":
      if (isDnsName(name)) return { kind, written, value: name };
      throw invalid(
        `"dNSName:" must be followed by a host name, which may start with "*." and two labels after it`,
      );
    case "iPAddress": {
      const address = readAddress(name);
      if (address !== undefined) return { kind, written, value: address };
      throw invalid(`"iPAddress:" must be followed by an IPv4 or IPv6 address`);
    }
    default:
      throw invalid(`a name must be "dNSName:<host name>" or "iPAddress:<address>"`);
  }
}

function invalid(what: string): Refusal {
  return new Refusal("InvalidSubjectAlternateName", `Of the alternative names ${what}.`);
}
