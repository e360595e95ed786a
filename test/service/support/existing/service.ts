import type { Network } from "../../../../sandbox/network.js";
import type { Address } from "./http.js";

/** What existing clients are told of a service. */
export const existingService = ({ url, workspace }: Network): Address => ({
  url,
  serviceCertificatePem: workspace.serviceCertificatePem,
});
