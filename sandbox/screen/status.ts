import type { NetworkStatus } from "../operations/status.js";
import { table } from "./table.js";

/** The state of a network, for people. */
export function statusTable({ service, validTo, nodes }: NetworkStatus): string {
  const header = ["node", "role", "state", "committed", "address", "id"];
  const rows = nodes.map(({ name, role, state, committed = "", url, id = "" }) => [
    name,
    role,
    state,
    committed,
    url,
    `${id.slice(0, 16)}…`,
  ]);
  const day = validTo.slice(0, 10);
  return `The service is ${service}; its certificate is valid until ${day}.\n\n${table(header, rows)}`;
}
