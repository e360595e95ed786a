import * as tables from "../gov/tables.js";
import { peerCertificate } from "./peer-certificate.js";
import type { AuthenticationPolicy } from "./policy.js";

/** Members, active or not, by their certificate; as with CCF, its dates play no part. */
export const memberCert: AuthenticationPolicy = {
  name: "member_cert",
  authenticate: (request, tx) => {
    const certificate = peerCertificate(request);
    if (!certificate) return { reason: "No caller member certificate" };
    const { id } = certificate;
    const cert = tables.memberCertificates(tx).get(id);
    if (cert === undefined) return { reason: "Could not find matching member certificate" };
    const data = tables.members(tx).get(id)?.member_data ?? null;
    return { caller: { policy: "member_cert", id, data, cert } };
  },
};
