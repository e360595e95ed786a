import { hex } from "../kit/encodings.js";
import { fromPem, publicKeyOf } from "../kit/x509.js";
import { serviceInfo } from "./tables.js";

/**
 * Which service this is, so that what was said to one is not taken for said to another: SHA-256 of the DER
 * SubjectPublicKeyInfo of its certificate, lower-case hex. A service that was recovered after a disaster is another one.
 */
export function serviceIdentity(): string {
  const certificate = fromPem(serviceInfo().get(undefined)?.cert ?? "");
  const publicKey = certificate && publicKeyOf(certificate);
  if (publicKey === undefined) throw new TypeError("the service has no certificate");
  return hex(ccf.crypto.digest("SHA-256", publicKey));
}
