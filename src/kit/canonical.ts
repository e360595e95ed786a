import canonicalize from "canonicalize";
import { utf8 } from "./encodings.js";

/** The SHA-256 digest of a JSON document in canonical form (RFC 8785): what claims digests are made of. */
export function digestOf(document: object): ArrayBuffer {
  const canonical = canonicalize(document);
  if (canonical === undefined) throw new TypeError("a document without a canonical form cannot be digested");
  return ccf.crypto.digest("SHA-256", utf8(canonical));
}
