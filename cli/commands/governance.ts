import { Command } from "commander";
import * as governance from "../../sdk/governance.js";
import type { Action } from "../../sdk/governance.js";
import { memberIdOf } from "../../sdk/identity.js";
import { UsageError } from "../../sdk/errors.js";
import { type CallerOptions, clientOf, identityOf, readJson, readText } from "../options.js";
import { type ServiceOptions, withMember, withService } from "../options.js";
import { type BallotOptions, ballotOf, withBallot } from "./sign.js";
import { type Run } from "../run.js";

type Options = ServiceOptions & CallerOptions;

/** Members, proposals, votes. */
export function governanceCommands(run: Run): Command[] {
  const members = new Command("members").description("The members of the consortium.");
  members.addCommand(
    withService(new Command("list"))
      .description("List the members and their status.")
      .action(run((options: Options) => governance.listMembers(clientOf(options)))),
  );
  members.addCommand(
    withMember(withService(new Command("activate")))
      .description("Become an active member: sign the digest of the ledger's state.")
      .action(
        run(async (options: Options) => {
          const identity = identityOf(options);
          await governance.activateMember(clientOf(options), identity);
          return { memberId: memberIdOf(identity.certificatePem), status: "Active" };
        }),
      ),
  );

  const proposals = new Command("proposals").description("The proposals of the consortium.");
  proposals.addCommand(
    withService(new Command("list"))
      .description("List the proposals.")
      .action(run((options: Options) => governance.listProposals(clientOf(options)))),
  );
  proposals.addCommand(
    withService(new Command("show"))
      .description("Show a proposal and what it would do.")
      .argument("<id>")
      .action(
        run(async (id: string, options: Options) => {
          const client = clientOf(options);
          const [proposal, actions] = await Promise.all([
            governance.getProposal(client, id),
            governance.getActions(client, id),
          ]);
          return { ...proposal, ...(actions as object) };
        }),
      ),
  );

  return [
    members,
    proposals,
    withMember(withService(new Command("propose")))
      .description('Propose what a JSON file says ({"actions": [...]}), or - for standard input.')
      .argument("<file>")
      .action(
        run((file: string, options: Options) =>
          governance.propose(clientOf(options), identityOf(options), actionsIn(file)),
        ),
      ),
    withMember(withService(new Command("propose-action")))
      .description("Propose one action, whose arguments are given on the command line.")
      .argument("<name>", "for example remove_node")
      .argument(
        "[arguments...]",
        "NAME=TEXT, NAME=@FILE for the text of a file, NAME:=JSON for anything else",
      )
      .addHelpText("after", EXAMPLE)
      .action(
        run((name: string, given: string[], options: Options) =>
          governance.propose(clientOf(options), identityOf(options), [{ name, args: argumentsIn(given) }]),
        ),
      ),
    withBallot(withMember(withService(new Command("vote"))))
      .description("Vote on a proposal.")
      .argument("<id>")
      .action(
        run((id: string, options: Options & BallotOptions) =>
          governance.vote(clientOf(options), identityOf(options), id, ballotOf(options)),
        ),
      ),
    withMember(withService(new Command("withdraw")))
      .description("Withdraw a proposal of one's own.")
      .argument("<id>")
      .action(
        run((id: string, options: Options) =>
          governance.withdraw(clientOf(options), identityOf(options), id),
        ),
      ),
  ];
}

const EXAMPLE = `
Examples:
  consortium propose-action set_user cert=@bob/cert.pem user_data:='{"team":"audit"}'
  consortium propose-action transition_node_to_trusted node_id=ID valid_from=2026-01-31T12:00:00Z validity_period_days:=90`;

/** @throws {UsageError} `InvalidArgument` */
function argumentsIn(given: readonly string[]): Record<string, unknown> {
  const all = new Map<string, unknown>();
  for (const argument of given) {
    const [, name, sign, text] = /^([a-zA-Z0-9_]+)(:?=)(.*)$/s.exec(argument) ?? [];
    if (name === undefined || text === undefined)
      throw new UsageError("InvalidArgument", `"${argument}" is not NAME=TEXT, NAME=@FILE or NAME:=JSON`);
    if (all.has(name)) throw new UsageError("InvalidArgument", `The argument ${name} is given twice`);
    if (sign === ":=") all.set(name, jsonIn(name, text));
    else all.set(name, text.startsWith("@") ? readText(text.slice(1)) : text);
  }
  return Object.fromEntries(all);
}

function jsonIn(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError("InvalidArgument", `${name}:= takes JSON, for text write ${name}=`, { cause });
  }
}

function actionsIn(file: string): Action[] {
  const content = readJson(file);
  if (
    typeof content === "object" &&
    content !== null &&
    "actions" in content &&
    Array.isArray(content.actions)
  )
    return content.actions as Action[];
  throw new UsageError("NotAProposal", `${file} is no proposal: it must be {"actions": [...]}`);
}
