/** `npm run network -- COMMAND`: the operator's life with a network that runs on this machine. */
import { Command, InvalidArgumentError } from "commander";
import { UsageError } from "../sdk/errors.js";
import { deploy } from "./founding.js";
import { Network } from "./network.js";
import { renewCertificates } from "./operations/certificates.js";
import { join } from "./operations/joining.js";
import { rekey, snapshot } from "./operations/ledger.js";
import { replacePrimary } from "./operations/replacing.js";
import { nodeNamed, retire } from "./operations/retiring.js";
import { type NetworkStatus, status } from "./operations/status.js";
import { machineScreen } from "./screen/machine.js";
import { peopleScreen } from "./screen/people.js";
import { statusTable } from "./screen/status.js";
import type { Step } from "./stage.js";

/** What the members of a production network agree on can be longer: CCF's limit is the service's configuration. */
const CERTIFICATE_DAYS = 90;

interface Options {
  workspace: string;
  json?: true;
}

const program = new Command("npm run network --")
  .description(
    "Operates the network that npm start -- --engine ccf (or container) started, with the keys of all its members at hand.",
  )
  .option("--workspace <folder>", "the folder of its consortium", "workspace")
  .option("--json", "one line of JSON per step, for machines")
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

program
  .command("status")
  .description("every node: its role, its state, and how far it is")
  .action(() => operate((net) => show(net)));

program
  .command("add")
  .description("start nodes, have them trusted by vote, and wait until they have caught up")
  .argument("[number]", "how many", number, 1)
  .action((count: number) => operate((net, step) => join(net, count, step)));

program
  .command("retire")
  .description("vote a node out, and end it when no decision waits for it any more")
  .argument("<node>", "for example node1")
  .action((name: string) => operate((net, step) => retire(net, name, step)));

program
  .command("kill")
  .description("end a node at once, as a power cut does; it stays a node of the network until it is retired")
  .argument("<node>", "for example node1")
  .action((name: string) => operate((net) => nodeNamed(net, name).node.kill()));

program
  .command("replace-primary")
  .description("kill the primary, wait for the election, and put a new node in its place")
  .action(() => operate((net, step) => replacePrimary(net, step)));

program
  .command("renew-certificates")
  .description("renew the certificates of the service and of all nodes, by vote; the keys stay")
  .option("--days <number>", "how long they are valid", number, CERTIFICATE_DAYS)
  .action(({ days }: { days: number }) => operate((net, step) => renewCertificates(net, days, step)));

program
  .command("rekey")
  .description("have a new key encrypt the private part of the ledger from now on, by vote")
  .action(() => operate((net, step) => rekey(net, step)));

program
  .command("update")
  .description(
    "vote in the application and the constitution that npm run build made, while the service runs on",
  )
  .action(() => operate(update));

program
  .command("snapshot")
  .description("have a snapshot written, by vote, from which nodes join and recover")
  .action(() => operate((net, step) => snapshot(net, step)));

program
  .command("stop")
  .description("end all nodes; npm start then recovers the service from their ledger")
  .action(() => operate((net) => net.stop()));

const isForMachines = () => program.opts<Options>().json ?? false;
const screen = () =>
  isForMachines() ? machineScreen(process.stdout) : peopleScreen(process.stdout, process.stderr);

await program.parseAsync();

async function operate(run: (net: Network, step: Step) => Promise<unknown>): Promise<void> {
  const shown = screen();
  try {
    const net = await Network.attach(program.opts<Options>().workspace);
    try {
      await run(net, shown.step).catch(async (error: unknown) => {
        throw await net.explain(error);
      });
    } finally {
      net.detach();
    }
  } catch (error) {
    shown.failed(error);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

async function show(net: Network): Promise<void> {
  const found: NetworkStatus = await status(net);
  console.log(isForMachines() ? JSON.stringify(found) : statusTable(found));
}

async function update(net: Network, step: Step): Promise<void> {
  if (!(await deploy(net, step)))
    console.log("The application and the constitution that were built are in place.");
}

function number(text: string): number {
  if (/^[1-9][0-9]{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("give a whole number from 1 to 999");
}
