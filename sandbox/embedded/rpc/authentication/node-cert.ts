import { peerCertificate } from "./peer-certificate.js";
import type { AuthenticationPolicy } from "./policy.js";

/** Nodes of the service calling each other. This one is alone, and does not call itself. */
export const nodeCert: AuthenticationPolicy = {
  name: "node_cert",
  authenticate: (request) => ({
    reason: peerCertificate(request)
      ? "Could not find matching node certificate"
      : "No caller node certificate",
  }),
};
