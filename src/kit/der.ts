/** One element of DER (X.690 §8.1): its tag, and where it starts, where its content starts, and where both end. */
export interface Element {
  readonly tag: number;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/**
 * Reads the element that starts at an offset.
 *
 * @throws {RangeError} if it does not end before `limit`, or does not say where it ends
 */
export function elementAt(bytes: Uint8Array, start: number, limit = bytes.length): Element {
  const tag = bytes[start] ?? 0;
  const first = bytes[start + 1] ?? 0;
  let content = start + 2;
  let length = first;
  if (first > 127) {
    const digits = first & 127;
    if (digits < 1 || digits > 3) throw new RangeError("a length that is indefinite, or beyond 16 MB");
    length = 0;
    for (const end = content + digits; content < end; content++)
      length = length * 256 + (bytes[content] ?? 0);
  }
  const end = content + length;
  if (end > limit) throw new RangeError("an element that does not end where it should");
  return { tag, start, content, end };
}

/** Every structure of a certificate is one. */
const SEQUENCE = 0x30;

/** The elements of a SEQUENCE. @throws {RangeError} if they do not fill it, or it is something else */
export const sequence = (bytes: Uint8Array, parent: Element | undefined): Element[] =>
  elements(bytes, parent, SEQUENCE);

/** The elements inside an element with this tag. @throws {RangeError} if they do not fill it, or it has another one */
export function elements(bytes: Uint8Array, parent: Element | undefined, tag: number): Element[] {
  if (parent?.tag !== tag) throw new RangeError("something else than was expected");
  const found: Element[] = [];
  for (let at = parent.content; at < parent.end;) {
    const element = elementAt(bytes, at, parent.end);
    found.push(element);
    at = element.end;
  }
  return found;
}
