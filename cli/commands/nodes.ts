import { Command } from "commander";
import { nodeStatuses, type NodeStatus } from "../../sdk/nodes.js";
import { table } from "../../sandbox/screen/table.js";
import { clientOf, type ServiceOptions, withService } from "../options.js";
import type { Run } from "../run.js";

/** `consortium nodes` */
export function nodesCommand(run: Run): Command {
  return withService(new Command("nodes"))
    .description("List the nodes of the service, and ask each of them how it is.")
    .action(run((options: ServiceOptions) => nodeStatuses(clientOf(options)), nodesTable));
}

/** As many characters of an id as tell nodes apart; `--json` has all of them. */
const SHOWN = 16;

function nodesTable(nodes: readonly NodeStatus[]): string {
  const header = ["node", "status", "role", "state", "committed", "addresses"];
  const rows = nodes.map((node) => [
    `${node.id.slice(0, SHOWN)}…`,
    node.status,
    roleOf(node),
    node.state,
    node.committed ?? "-",
    Object.values(node.addresses).join(" "),
  ]);
  return table(header, rows);
}

function roleOf({ status, primary }: NodeStatus): string {
  if (status !== "Trusted") return "-";
  return primary ? "primary" : "backup";
}
