import canonicalize from "canonicalize";
import { utf8 } from "./encodings.js";
import { Refusal } from "./refusal.js";

/**
 * The SHA-256 digest of a JSON document in canonical form (RFC 8785): what claims digests are made of.
 *
 * @throws {Refusal} `NotCanonical` for what has no such form: numbers beyond a double, unpaired surrogates, and nesting
 * that exhausts the stack
 */
export function digestOf(document: unknown): ArrayBuffer {
  let canonical: string | undefined;
  try {
    canonical = canonicalize(document);
  } catch {
    throw new Refusal(
      "NotCanonical",
      "The document has no canonical form (RFC 8785): a number is out of range, a character is half of a surrogate pair, or it is nested too deeply.",
    );
  }
  if (canonical === undefined) throw new TypeError("undefined is no JSON document");
  return ccf.crypto.digest("SHA-256", utf8(canonical));
}
