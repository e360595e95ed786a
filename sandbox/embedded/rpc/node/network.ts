import { RpcError } from "../errors.js";
import * as tables from "../gov/tables.js";
import { DEFAULT_RECENT_PROPOSALS, DEFAULT_VALIDITY_DAYS } from "../gov/service.js";
import { jsonEndpoint } from "../json-endpoint.js";

const network = jsonEndpoint("/network", ({ tx, node }) => {
  const service = tables.serviceInfo(tx).get();
  if (!service) throw new RpcError(404, "ResourceNotFound", "Network is not yet initialised");
  return {
    service_status: service.status,
    service_certificate: service.cert,
    service_data: service.service_data ?? null,
    recovery_count: service.recovery_count ?? 0,
    current_service_create_txid: service.current_service_create_txid,
    current_view: node.ledger.view,
    primary_id: node.identity.node.id,
  };
});

const configuration = jsonEndpoint("/service/configuration", ({ tx }) => {
  const stored = tables.serviceConfiguration(tx).get();
  if (!stored) throw new RpcError(404, "ResourceNotFound", "Service is not yet configured");
  return {
    recovery_threshold: stored.recovery_threshold,
    maximum_node_certificate_validity_days:
      stored.maximum_node_certificate_validity_days ?? DEFAULT_VALIDITY_DAYS,
    maximum_service_certificate_validity_days:
      stored.maximum_service_certificate_validity_days ?? DEFAULT_VALIDITY_DAYS,
    recent_cose_proposals_window_size: stored.recent_cose_proposals_window_size ?? DEFAULT_RECENT_PROPOSALS,
  };
});

const previousIdentity = jsonEndpoint("/service/previous_identity", () => {
  throw new RpcError(404, "ResourceNotFound", "This service is not a recovery of a previous service.");
});

/** The service that the node is part of. */
export const networkEndpoints = [network, configuration, previousIdentity];
