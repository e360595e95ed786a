import { canRecover } from "../../src/governance/membership.js";
import { serviceInfo } from "../../src/governance/tables.js";
import {
  assertServiceIdentity,
  certificateValidity,
  noArguments,
  setConstitution,
  setRecoveryThreshold,
  setServiceConfiguration,
  transitionServiceToOpen,
} from "../../src/schemas/actions/service.js";
import { action, byOperator } from "../action.js";
import { requireCertificate } from "../certificates.js";
import { dropOtherProposals } from "../dropping.js";
import { requireThreshold } from "../recovery.js";
import { config, requireOpen, service as current } from "../service.js";
import { type ServiceConfig, constitution, serviceConfig } from "../tables.js";
import { requireDays, validityDays } from "../validity.js";

const set_constitution = action({
  arguments: setConstitution,
  decision: { delegate: { role: "cgsOperator", option: "autoapprove-constitution-proposal" } },
  check: (args) => void ccf.gov.validateConstitution(args.constitution),
  apply(args, proposalId) {
    constitution().set(undefined, args.constitution);
    dropOtherProposals(proposalId);
  },
});

const set_recovery_threshold = action({
  arguments: setRecoveryThreshold,
  // to let fewer members recover the service takes a vote
  decision: { operator: ({ recovery_threshold }) => recovery_threshold >= config().recovery_threshold },
  check: ({ recovery_threshold }, given) => requireThreshold(recovery_threshold, given),
  apply: reconfigure,
});

const set_service_configuration = action({
  arguments: setServiceConfiguration,
  check({ recovery_threshold, reconfiguration_type }, given) {
    if (recovery_threshold !== undefined) requireThreshold(recovery_threshold, given);
    if (reconfiguration_type === "OneTransaction" && config().reconfiguration_type === "TwoTransaction")
      throw new Error("a service that reconfigures in two transactions cannot go back to one");
  },
  apply: reconfigure,
});

function reconfigure(changes: Partial<ServiceConfig>): void {
  const before = config();
  serviceConfig().set(undefined, { ...before, ...changes });
  const threshold = changes.recovery_threshold ?? before.recovery_threshold;
  // before the service opens no shares are handed out
  if (threshold !== before.recovery_threshold && current().status === "Open")
    ccf.node.triggerRecoverySharesRefresh();
}

const trigger_recovery_shares_refresh = action({
  arguments: noArguments,
  check: requireOpen,
  apply: () => ccf.node.triggerRecoverySharesRefresh(),
});

const trigger_ledger_rekey = action({
  arguments: noArguments,
  check: requireOpen,
  apply: () => ccf.node.triggerLedgerRekey(),
});

/** Opens a new service to its users, or starts the recovery of an old one's data. Does nothing to an open service. */
const transition_service_to_open = action({
  arguments: transitionServiceToOpen,
  decision: byOperator,
  check({ previous_service_identity, next_service_identity }, { members }) {
    requireIdentity(next_service_identity, "next_service_identity");
    if (previous_service_identity !== undefined)
      requireCertificate(previous_service_identity, "previous_service_identity");
    const { status } = current();
    if (status === "Recovering" && previous_service_identity === undefined)
      throw new Error(`to open a recovering service takes "previous_service_identity" too`);
    const { recovery_threshold } = config();
    if (status === "Opening" && !canRecover(members, recovery_threshold))
      throw new Error(`fewer than ${recovery_threshold} active members could recover the service`);
  },
  apply({ previous_service_identity, next_service_identity }) {
    const previous = previous_service_identity;
    ccf.node.transitionServiceToOpen(
      previous === undefined ? undefined : ccf.strToBuf(previous),
      ccf.strToBuf(next_service_identity),
    );
  },
});

/** Does nothing but fail if the service is not the one whose members vote; to be put before other actions. */
const assert_service_identity = action({
  arguments: assertServiceIdentity,
  check: ({ service_identity }) => requireIdentity(service_identity, "service_identity"),
  apply: () => undefined,
});

function requireIdentity(pem: string, name: string): void {
  requireCertificate(pem, name);
  if (pem.trim() !== current().cert.trim())
    throw new Error(`"${name}" is not the certificate of this service`);
}

const set_service_certificate_validity = action({
  arguments: certificateValidity,
  decision: byOperator,
  check: ({ validity_period_days }) => requireDays(validity_period_days, "service"),
  apply({ valid_from, validity_period_days }) {
    const days = validityDays(validity_period_days, "service");
    const cert = ccf.network.generateNetworkCertificate(valid_from, days);
    serviceInfo().set(undefined, { ...current(), cert });
  },
});

const trigger_ledger_chunk = action({
  arguments: noArguments,
  decision: byOperator,
  apply: () => ccf.node.triggerLedgerChunk(),
});

const trigger_snapshot = action({
  arguments: noArguments,
  decision: byOperator,
  apply: () => ccf.node.triggerSnapshot(),
});

export const service = {
  set_constitution,
  set_recovery_threshold,
  set_service_configuration,
  trigger_recovery_shares_refresh,
  trigger_ledger_rekey,
  transition_service_to_open,
  assert_service_identity,
  set_service_certificate_validity,
  trigger_ledger_chunk,
  trigger_snapshot,
};
