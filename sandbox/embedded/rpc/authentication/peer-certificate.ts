import { createHash, X509Certificate } from "node:crypto";
import type { RpcRequest } from "../http.js";
import type { Refused } from "./policy.js";

/** The certificate that a client has shown. */
export interface PeerCertificate {
  /** SHA-256 of the DER, in hexadecimal: the identity of whoever has the key */
  readonly id: string;
  readonly pem: string;
  readonly x509: X509Certificate;
}

/** By the bytes of the connection, which all of its requests share. */
const parsed = new WeakMap<Uint8Array, PeerCertificate>();

/** The certificate of the client that sent a request. */
export function peerCertificate({ peerCertificate: der }: RpcRequest): PeerCertificate | undefined {
  if (!der) return undefined;
  let certificate = parsed.get(der);
  if (!certificate) {
    const x509 = new X509Certificate(der);
    const id = createHash("sha256").update(der).digest("hex");
    certificate = { id, pem: x509.toString(), x509 };
    parsed.set(der, certificate);
  }
  return certificate;
}

/** @returns why a certificate is not valid at present @throws {Error} for keys that CCF cannot handle */
export function invalidity({ x509 }: PeerCertificate): Refused | undefined {
  if (!["ec", "rsa"].includes(x509.publicKey.asymmetricKeyType ?? ""))
    throw new Error("unsupported public key type");
  const now = Math.floor(Date.now() / 1000);
  const from = Date.parse(x509.validFrom) / 1000;
  const to = Date.parse(x509.validTo) / 1000;
  if (now < from)
    return { reason: `Current time ${now} is before certificate's Not Before validity period ${from}` };
  if (now > to)
    return { reason: `Current time ${now} is after certificate's Not After validity period ${to}` };
  return undefined;
}
