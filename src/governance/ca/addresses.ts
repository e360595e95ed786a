/**
 * Reads an IPv4 address (dotted decimal), or an IPv6 address (RFC 4291 §2.2) without a zone.
 *
 * @returns its bytes in lower-case hex, 8 or 32 digits; undefined for what is no address
 */
export function readAddress(content: string): string | undefined {
  return content.includes(":") ? readIpv6(content) : readIpv4(content);
}

/** A leading zero would be octal for some and decimal for others. */
const IPV4 = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

function readIpv4(content: string): string | undefined {
  const numbers = IPV4.exec(content)?.slice(1).map(Number);
  if (numbers === undefined || numbers.some((number) => number > 255)) return undefined;
  return numbers.map((number) => number.toString(16).padStart(2, "0")).join("");
}

function readIpv6(content: string): string | undefined {
  // the last two groups may be written as an IPv4 address
  const [, before = content, last = ""] = /^(.*:)([^:]*\..*)$/.exec(content) ?? [];
  const ipv4 = last === "" ? "" : readIpv4(last);
  if (ipv4 === undefined) return undefined;
  const [front = [], back, ...more] = (before + ipv4.replace(/^.{4}/, "$&:"))
    .split("::")
    .map((part) => (part === "" ? [] : part.split(":")));
  const zeros = 8 - front.length - (back?.length ?? 0);
  if (more.length > 0 || (back === undefined ? zeros !== 0 : zeros < 1)) return undefined;
  const groups = [...front, ...Array<string>(zeros).fill("0"), ...(back ?? [])];
  if (!groups.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return undefined;
  return groups.map((group) => group.toLowerCase().padStart(4, "0")).join("");
}

/** Addresses that have their first bits in common; an address of its own has all of them. */
export interface AddressRange {
  /** Lower-case hex. */
  readonly first: string;
  readonly bits: number;
}

/** Reads an address, or a range of addresses: `10.0.0.0/8`, `fd00::/16`. */
export function readAddressRange(content: string): AddressRange | undefined {
  const [address = "", length, ...more] = content.split("/");
  const first = readAddress(address);
  if (first === undefined || more.length > 0) return undefined;
  if (length === undefined) return { first, bits: first.length * 4 };
  const bits = /^(0|[1-9]\d{0,2})$/.test(length) ? Number(length) : Infinity;
  return bits <= first.length * 4 ? { first, bits } : undefined;
}

/** @param address lower-case hex */
export function isInRange(address: string, { first, bits }: AddressRange): boolean {
  const digits = bits >> 2;
  const rest = bits & 3;
  if (address.length !== first.length || address.slice(0, digits) !== first.slice(0, digits)) return false;
  if (rest === 0) return true;
  const shared = (hex: string): number => parseInt(hex.charAt(digits), 16) >> (4 - rest);
  return shared(address) === shared(first);
}
