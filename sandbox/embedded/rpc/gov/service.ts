import { formatTxId } from "../../ledger/txid.js";
import { read } from "./endpoint.js";
import { notFound } from "./identifiers.js";
import * as tables from "./tables.js";

/** What holds where the members have not decided otherwise. */
export const DEFAULT_VALIDITY_DAYS = 365;
export const DEFAULT_RECENT_PROPOSALS = 100;

const information = read("/service/info", ({ tx, node }) => {
  const service = tables.serviceInfo(tx).get();
  if (!service) throw notFound("Service info not yet available");
  const previous = service.previous_service_identity_version;
  const configuration = tables.serviceConfiguration(tx).get();
  return {
    status: 200,
    body: {
      status: service.status,
      certificate: service.cert,
      recoveryCount: service.recovery_count ?? 0,
      creationTransactionId: service.current_service_create_txid,
      ...(previous === undefined
        ? {}
        : {
            previousServiceCreationTransactionId: formatTxId({
              view: node.ledger.viewOf(previous) ?? 0,
              seqno: previous,
            }),
          }),
      serviceData: service.service_data ?? null,
      ...(configuration ? { configuration: describeConfiguration(configuration) } : {}),
    },
  };
});

function describeConfiguration(configuration: tables.ServiceConfiguration) {
  return {
    recoveryThreshold: configuration.recovery_threshold,
    maximumNodeCertificateValidityDays:
      configuration.maximum_node_certificate_validity_days ?? DEFAULT_VALIDITY_DAYS,
    maximumServiceCertificateValidityDays:
      configuration.maximum_service_certificate_validity_days ?? DEFAULT_VALIDITY_DAYS,
    recentCoseProposalsWindowSize:
      configuration.recent_cose_proposals_window_size ?? DEFAULT_RECENT_PROPOSALS,
  };
}

const constitution = read("/service/constitution", ({ tx }) => {
  const text = tables.constitution(tx).get();
  if (text === undefined) throw notFound("Constitution not found");
  return { status: 200, headers: { "content-type": "text/javascript" }, body: text };
});

/** The service itself, and the rules it is governed by. */
export const serviceEndpoints = [information, constitution];
