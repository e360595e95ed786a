/** Which code may join the service as a node. */
import { type MinimumTcb, minimumTcbVersions, TCB_PARTS } from "../../src/governance/tables.js";
import { hex, utf8 } from "../../src/kit/encodings.js";
import type { Table } from "../../src/kit/tables.js";
import {
  addSnpHostData,
  addSnpUvmEndorsement,
  hostData,
  nodeCode,
  setSnpMinimumTcbVersion,
  setSnpMinimumTcbVersionHex,
  snpMeasurementOnly,
  snpMinimumTcbVersion,
  snpUvmEndorsement,
  virtualMeasurement,
} from "../../src/schemas/actions/joining.js";
import type { Shape } from "../../src/schemas/shape.js";
import { type Action, type Decision, action, byOperator } from "../action.js";
import { dropOtherProposals } from "../dropping.js";
import {
  ALLOWED_TO_JOIN,
  nodeCode as nodeCodes,
  snpHostData,
  snpMeasurements,
  snpUvmEndorsements,
  virtualHostData,
  virtualMeasurements,
} from "../tables.js";
import { endingSessions } from "../trust.js";

/** A row of a table of what is allowed: how arguments name it and what is written. */
interface Listing<A, V> {
  readonly arguments: Shape<A>;
  readonly table: () => Table<string, V>;
  readonly key: (args: NoInfer<A>) => string;
}

interface Adding<A, V> extends Listing<A, V> {
  readonly decision?: Decision<NoInfer<A>>;
  readonly check?: (args: NoInfer<A>) => void;
  readonly value: (args: NoInfer<A>, table: Table<string, V>) => V;
}

/** Allowing other code changes who takes part, so all other open proposals are dropped. */
const adding = <A, V>({ table, key, value, ...row }: Adding<A, V>): Action =>
  action<A>({
    ...row,
    apply(args, proposalId) {
      const rows = table();
      rows.set(key(args), value(args, rows));
      dropOtherProposals(proposalId);
    },
  });

const removing = <A, V>({ arguments: shape, table, key }: Listing<A, V>): Action =>
  action<A>({
    arguments: shape,
    check(args) {
      if (!table().has(key(args))) throw new Error(`"${key(args)}" is not on the list`);
    },
    apply: (args) => table().delete(key(args)),
  });

const allowed = (): typeof ALLOWED_TO_JOIN => ALLOWED_TO_JOIN;

const code = { arguments: nodeCode, table: nodeCodes, key: ({ code_id }: { code_id: string }) => code_id };
const snp = {
  arguments: snpMeasurementOnly,
  table: snpMeasurements,
  key: ({ measurement }: { measurement: string }) => measurement,
};
const virtual = { ...snp, arguments: virtualMeasurement, table: virtualMeasurements };

const add_snp_host_data = adding({
  arguments: addSnpHostData,
  table: snpHostData,
  key: ({ host_data }) => host_data,
  check({ host_data, security_policy }) {
    if (security_policy === "") return;
    const digest = hex(ccf.crypto.digest("SHA-256", utf8(security_policy)));
    if (digest !== host_data)
      throw new Error(`"host_data" is not the SHA-256 of "security_policy", which is ${digest}`);
  },
  value: ({ security_policy }) => security_policy,
});

const add_snp_uvm_endorsement = adding({
  arguments: addSnpUvmEndorsement,
  decision: byOperator,
  table: snpUvmEndorsements,
  key: ({ did }) => did,
  value: ({ did, feed, svn }, endorsers) => ({ ...endorsers.get(did), [feed]: { svn } }),
});

const remove_snp_uvm_endorsement = action({
  arguments: snpUvmEndorsement,
  decision: byOperator,
  check({ did, feed }) {
    if (!Object.hasOwn(snpUvmEndorsements().get(did) ?? {}, feed))
      throw new Error(`no endorsement of "${feed}" by ${did} is on the list`);
  },
  apply({ did, feed }) {
    const { [feed]: _, ...others } = snpUvmEndorsements().get(did) ?? {};
    if (Object.keys(others).length > 0) snpUvmEndorsements().set(did, others);
    else snpUvmEndorsements().delete(did);
  },
});

const set_snp_minimum_tcb_version = endingSessions(
  adding({
    arguments: setSnpMinimumTcbVersion,
    table: minimumTcbVersions,
    key: ({ cpuid }) => cpuid,
    value: ({ tcb_version }) => tcb_version,
  }),
);

/** Those whose TCB versions CCF can read, of any stepping. */
const KNOWN_PROCESSOR = /^00(a00f1|a10f1|b00f2)/;

/** Evidence of clean rooms is held to it as well: to accept older firmware takes a vote. */
const set_snp_minimum_tcb_version_hex = endingSessions(
  adding({
    arguments: setSnpMinimumTcbVersionHex,
    decision: {
      operator: ({ cpuid, tcb_version }) => !isLower(ccf.tcbHexToPolicy(cpuid, tcb_version), cpuid),
    },
    table: minimumTcbVersions,
    key: ({ cpuid }) => cpuid,
    check({ cpuid }) {
      // A node that is asked about another one ends the whole request as an error of its own.
      if (!KNOWN_PROCESSOR.test(cpuid))
        throw new Error(
          '"cpuid" must be of a known processor: Milan 00a00f1x, Genoa 00a10f1x, Turin 00b00f2x',
        );
    },
    value: ({ cpuid, tcb_version }) => ccf.tcbHexToPolicy(cpuid, tcb_version),
  }),
);

/** Whether a minimum would accept, in any of its parts, less than the present one of the processor. */
function isLower(minimum: MinimumTcb, cpuid: string): boolean {
  const present = minimumTcbVersions().get(cpuid) ?? {};
  return TCB_PARTS.some((part) => (minimum[part] ?? 0) < (present[part] ?? 0));
}

export const joining = {
  add_node_code: adding({ ...code, value: allowed }),
  remove_node_code: removing(code),
  add_snp_measurement: adding({ ...snp, value: allowed }),
  remove_snp_measurement: removing(snp),
  add_snp_host_data,
  remove_snp_host_data: removing({
    arguments: hostData,
    table: snpHostData,
    key: ({ host_data }) => host_data,
  }),
  add_snp_uvm_endorsement,
  remove_snp_uvm_endorsement,
  set_snp_minimum_tcb_version,
  set_snp_minimum_tcb_version_hex,
  remove_snp_minimum_tcb_version: endingSessions(
    removing({
      arguments: snpMinimumTcbVersion,
      table: minimumTcbVersions,
      key: ({ cpuid }) => cpuid,
    }),
  ),
  add_virtual_measurement: adding({ ...virtual, value: allowed }),
  remove_virtual_measurement: removing(virtual),
  add_virtual_host_data: adding({
    arguments: hostData,
    table: virtualHostData,
    key: ({ host_data }) => host_data,
    value: () => undefined,
  }),
  remove_virtual_host_data: removing({
    arguments: hostData,
    table: virtualHostData,
    key: ({ host_data }) => host_data,
  }),
};
