import { invalidity, peerCertificate } from "./peer-certificate.js";
import type { AuthenticationPolicy } from "./policy.js";

/** Whoever shows a certificate that is valid at present, by whomever it is issued. */
export const anyCert: AuthenticationPolicy = {
  name: "any_cert",
  authenticate: (request) => {
    const certificate = peerCertificate(request);
    if (!certificate) return { reason: "No caller certificate" };
    return invalidity(certificate) ?? { caller: { policy: "any_cert", cert: certificate.pem } };
  },
};
