import { Command } from "commander";
import * as governance from "../../sdk/governance.js";
import type { Action } from "../../sdk/governance.js";
import { memberIdOf } from "../../sdk/identity.js";
import { UsageError } from "../../sdk/errors.js";
import { type CallerOptions, clientOf, identityOf, readJson } from "../options.js";
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
