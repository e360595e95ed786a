import { X509Certificate } from "node:crypto";
import { verifyCoseSign1 } from "../../../../sdk/cose.js";
import { ECDSA, refusedSignature } from "../gov/authentication.js";
import { readSignedMessage } from "../gov/signed-message.js";
import * as tables from "../gov/tables.js";
import type { AuthenticationPolicy } from "./policy.js";

/** Users who signed the request itself. What is no signed message at all is, as with CCF, a failure and no refusal. */
export const userCoseSign1: AuthenticationPolicy = {
  name: "user_cose_sign1",
  authenticate: ({ headers, body }, tx) => {
    const contentType = headers["content-type"];
    if (contentType === undefined) return refusedSignature("Missing content-type header");
    if (contentType !== "application/cose")
      return refusedSignature("Content type is not set to application/cose");
    const { message, algorithm, kid: id } = readSignedMessage(body);
    if (!ECDSA.includes(algorithm)) return refusedSignature(`Unsupported algorithm: ${algorithm}`);
    const cert = tables.userCertificates(tx).get(id);
    if (cert === undefined) return refusedSignature("Signer is not a known user");
    const { payload } = message;
    if (!payload || !verifyCoseSign1(message, new X509Certificate(cert).publicKey))
      return refusedSignature("Failed to validate COSE Sign1");
    const data = tables.users(tx).get(id)?.user_data ?? null;
    return { caller: { cose: { content: payload }, policy: "user_cose_sign1", id, data, cert } };
  },
};
