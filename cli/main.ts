#!/usr/bin/env node
/** The command `consortium`, for members, operators and auditors. */
import { Command, CommanderError } from "commander";
import { contractCommands } from "./commands/contracts.js";
import { governanceCommands } from "./commands/governance.js";
import { keygenCommand } from "./commands/keygen.js";
import { nodesCommand } from "./commands/nodes.js";
import { receiptCommand } from "./commands/receipt.js";
import { recoveryCommand } from "./commands/recovery.js";
import { signCommand } from "./commands/sign.js";
import { EXIT, report } from "./output.js";
import { run } from "./run.js";

const program = new Command("consortium")
  .description("Take part in a consortium: sign, propose, vote, and verify what is on its ledger.")
  .option("--json", "results and errors as one line of JSON")
  .addHelpText(
    "after",
    `
The options --url, --service-cert and --member can also be given as CONSORTIUM_URL, CONSORTIUM_SERVICE_CERT and
CONSORTIUM_MEMBER in the environment.

Exit codes: 0 done; 1 refused or failed; 2 called in a wrong way; 3 does not verify.`,
  );
for (const command of [
  signCommand(),
  ...governanceCommands(run),
  ...contractCommands(run),
  receiptCommand(run),
  nodesCommand(run),
  recoveryCommand(run),
  keygenCommand(run),
])
  program.addCommand(command);
exitOverride(program);

// Whoever reads the output has seen enough, as `head` has.
process.stdout.once("error", () => process.exit(EXIT.ok));
try {
  await program.parseAsync();
} catch (error) {
  // commander has told what was wrong already
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else process.exitCode = report(error, program.opts<{ json?: true }>().json ?? false);
}

/** Subcommands that were added do not inherit it. */
function exitOverride(command: Command): void {
  command.exitOverride();
  command.commands.forEach(exitOverride);
}
