import type { TypedTable } from "../../kv/typed.js";
import { read } from "./endpoint.js";
import * as tables from "./tables.js";

const policy = read("/service/join-policy", ({ tx }) => {
  const hostData: string[] = [];
  tables.virtualHostData(tx).forEach((_, key) => {
    hostData.push(Buffer.from(key).toString("utf8"));
  });
  return {
    status: 200,
    body: {
      sgx: { measurements: allowed(tables.sgxMeasurements(tx)) },
      virtual: { measurements: allowed(tables.virtualMeasurements(tx)), hostData },
      snp: {
        measurements: allowed(tables.snpMeasurements(tx)),
        hostData: Object.fromEntries(tables.snpHostData(tx).entries()),
        uvmEndorsements: Object.fromEntries(tables.snpUvmEndorsements(tx).entries()),
        tcbVersions: Object.fromEntries(tables.snpTcbVersions(tx).entries()),
      },
    },
  };
});

function allowed(measurements: TypedTable<string>): string[] {
  return measurements
    .entries()
    .filter(([, status]) => status === "AllowedToJoin")
    .map(([measurement]) => measurement);
}

/** Which code may become a node of the service. */
export const joinPolicyEndpoints = [policy];
