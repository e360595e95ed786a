import * as tables from "../gov/tables.js";
import { invalidity, peerCertificate } from "./peer-certificate.js";
import type { AuthenticationPolicy } from "./policy.js";

/** Users, by the certificate that the members registered for them; it has to be valid at present. */
export const userCert: AuthenticationPolicy = {
  name: "user_cert",
  authenticate: (request, tx) => {
    const certificate = peerCertificate(request);
    if (!certificate) return { reason: "No caller user certificate" };
    const invalid = invalidity(certificate);
    if (invalid) return invalid;
    const { id } = certificate;
    const cert = tables.userCertificates(tx).get(id);
    if (cert === undefined) return { reason: "Could not find matching user certificate" };
    const data = tables.users(tx).get(id)?.user_data ?? null;
    return { caller: { policy: "user_cert", id, data, cert } };
  },
};
