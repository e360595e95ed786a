import { Command } from "commander";
import type { Contract, Proposal } from "../../sdk/answers.js";
import { ContractClient, listContracts, type SecretPolicy } from "../../sdk/contract.js";
import { UsageError } from "../../sdk/errors.js";
import { type Action, propose } from "../../sdk/governance.js";
import { callerOf, type CallerOptions, identityOf, readJson, readText } from "../options.js";
import { type ServiceOptions, withCaller } from "../options.js";
import type { Run } from "../run.js";

type Options = ServiceOptions & CallerOptions;

interface Expiring {
  readonly expires?: string;
}
const EXPIRES = "from when on the contract is no longer in force, like 2027-01-31T00:00:00Z";

/** Contracts, and what belongs to one. */
export function contractCommands(run: Run): Command[] {
  const contract = new Command("contract").description("Contracts: drafts, and what the members accepted.");
  const on = (id: string, options: Options) => new ContractClient(callerOf(options), id);
  const subcommand = (parent: Command, name: string, description: string): Command => {
    const command = withCaller(new Command(name)).description(description);
    parent.addCommand(command);
    return command;
  };

  subcommand(contract, "list", "List the ids of the contracts.")
    .option("--state <state>", "only those in state Draft, Proposed or Accepted")
    .action(
      run((options: Options & { state?: string }) =>
        listContracts(callerOf(options), stateIn(options.state)),
      ),
    );
  subcommand(contract, "show", "Show a contract in the state it is in.")
    .argument("<id>")
    .action(run((id: string, options: Options) => on(id, options).read()));
  subcommand(
    contract,
    "draft",
    "Write the draft of a contract; its data is JSON from a file, or - for standard input.",
  )
    .argument("<id>")
    .argument("<file>")
    .option("--version-read <version>", "the version of the draft that this one replaces")
    .option("--expires <moment>", EXPIRES)
    .action(
      run(async (id: string, file: string, options: Options & Expiring & { versionRead?: string }) => ({
        transactionId: await on(id, options).draft(readJson(file), options.versionRead, options.expires),
      })),
    );
  subcommand(contract, "propose", "Propose to accept a contract as its draft reads now.")
    .argument("<id>")
    .action(
      run(async (id: string, options: Options) => {
        const client = on(id, options);
        return proposing(options, client.acceptance(await client.read()));
      }),
    );
  subcommand(
    contract,
    "amend",
    "Propose to replace an accepted contract as a whole; its data is JSON from a file, or - for standard input.",
  )
    .argument("<id>")
    .argument("<file>")
    .requiredOption("--version-read <version>", "the version of the accepted contract that this one replaces")
    .option("--expires <moment>", EXPIRES)
    .action(
      run((id: string, file: string, options: Options & Expiring & { versionRead: string }) => {
        const { expires, versionRead } = options;
        const text = { data: readJson(file), ...(expires !== undefined && { expires }) };
        return proposing(options, on(id, options).amendment(text, versionRead));
      }),
    );
  subcommand(contract, "end", "Propose to end an accepted contract for good.")
    .argument("<id>")
    .action(run((id: string, options: Options) => proposing(options, on(id, options).ending())));
  subcommand(contract, "versions", "List what was ever accepted under an id, oldest first.")
    .argument("<id>")
    .action(run((id: string, options: Options) => all(on(id, options).versions())));
  subcommand(
    contract,
    "state-acceptance",
    "State an accepted contract on the ledger, so that a receipt proves it.",
  )
    .argument("<id>")
    .action(
      run(async (id: string, options: Options) => ({
        transactionId: await on(id, options).stateAcceptance(),
      })),
    );
  subcommand(contract, "events", "List the events of a contract, oldest first.")
    .argument("<id>")
    .option("--event-id <id>", "the events' id (default: the contract's)")
    .option("--scope <scope>", "the events' scope")
    .action(
      run((id: string, options: Options & { eventId?: string; scope?: string }) => {
        const { eventId, scope } = options;
        const name = { ...(eventId !== undefined && { id: eventId }), ...(scope !== undefined && { scope }) };
        return all(on(id, options).events(name));
      }),
    );
  subcommand(contract, "releases", "List what was released under a contract, oldest first.")
    .argument("<id>")
    .action(run((id: string, options: Options) => all(on(id, options).releases())));
  subcommand(contract, "execution", "Give or withdraw one's own consent to execution, or ask for the status.")
    .argument("<id>")
    .argument("<what>", "enable, disable or status")
    .action(
      run(async (id: string, what: string, options: Options) => {
        const client = on(id, options);
        if (what !== "status") await client.setExecution(enableOrDisable(what));
        return client.executionStatus();
      }),
    );

  for (const option of ["logging", "telemetry"] as const)
    subcommand(contract, option, `Propose to allow or forbid ${option}, or ask for the status.`)
      .argument("<id>")
      .argument("<what>", "enable, disable or status")
      .action(
        run(async (id: string, what: string, options: Options) => {
          const client = on(id, options);
          if (what === "status") return client.optionStatus(option);
          return proposing(options, client.switching(option, enableOrDisable(what)));
        }),
      );

  const deployment = new Command("deployment").description("How the code of a contract is deployed.");
  subcommand(deployment, "show", "Show what is to be deployed, and what was.")
    .argument("<contract>")
    .action(
      run(async (id: string, options: Options) => {
        const client = on(id, options);
        return { spec: await client.deployment("spec"), info: await client.deployment("info") };
      }),
    );
  for (const part of ["spec", "info"] as const)
    subcommand(deployment, `propose-${part}`, "Propose it: JSON from a file, or - for standard input.")
      .argument("<contract>")
      .argument("<file>")
      .action(
        run((id: string, file: string, options: Options) =>
          proposing(options, on(id, options).deploying(part, readJson(file))),
        ),
      );

  const policy = new Command("policy").description("Which code may act under a contract.");
  subcommand(policy, "show", "Show the policy of a contract.")
    .argument("<contract>")
    .action(run((id: string, options: Options) => on(id, options).policy()));
  subcommand(
    policy,
    "propose",
    'Propose a change: JSON such as {"type":"set","policyType":"snp-caci","alternatives":[...]}, or - for standard input.',
  )
    .argument("<contract>")
    .argument("<file>")
    .action(
      run((contractId: string, file: string, options: Options) => {
        const args = { contractId, ...(readJson(file) as object) };
        return proposing(options, { name: "set_clean_room_policy", args });
      }),
    );

  const secret = new Command("secret").description("The caller's secrets of a contract.");
  subcommand(secret, "put", "Store a secret: the text of a file, or - for standard input.")
    .argument("<contract>")
    .argument("<name>")
    .argument("<file>")
    .option(
      "--policy <file>",
      "which code gets it, of that which the contract trusts: JSON, null for all of it",
    )
    .action(
      run(async (id: string, name: string, file: string, options: Options & { policy?: string }) => {
        const policy = options.policy === undefined ? undefined : (readJson(options.policy) as SecretPolicy);
        return { secretId: await on(id, options).putSecret(name, readText(file), policy) };
      }),
    );
  subcommand(
    secret,
    "list",
    "List the ids of a contract's secrets; values leave the service to attested code only.",
  )
    .argument("<contract>")
    .action(run((id: string, options: Options) => on(id, options).listSecrets()));
  subcommand(secret, "delete", "Delete a secret of one's own.")
    .argument("<contract>")
    .argument("<name>")
    .action(
      run(async (id: string, name: string, options: Options) => ({
        transactionId: await on(id, options).deleteSecret(name),
      })),
    );
  return [contract, deployment, policy, secret];
}

const proposing = (options: Options, action: Action): Promise<Proposal> =>
  propose(callerOf(options), identityOf(options), [action]);

function enableOrDisable(what: string): "enable" | "disable" {
  if (what === "enable" || what === "disable") return what;
  throw new UsageError("InvalidArgument", "Say enable, disable or status");
}

function stateIn(state: string | undefined): Contract["state"] | undefined {
  if (state === undefined || state === "Draft" || state === "Proposed" || state === "Accepted") return state;
  throw new UsageError("InvalidOption", `A contract is in state Draft, Proposed or Accepted, not "${state}"`);
}

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of pages) found.push(one);
  return found;
}
