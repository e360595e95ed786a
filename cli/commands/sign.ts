import { writeFileSync } from "node:fs";
import { Command } from "commander";
import { type GovernanceMessageType, signGovernanceMessage } from "../../sdk/cose.js";
import { UsageError } from "../../sdk/errors.js";
import { BALLOTS } from "../../sdk/governance.js";
import { type CallerOptions, identityOf, readJson, readText, withMember } from "../options.js";

interface SignOptions extends CallerOptions {
  output?: string;
  createdAt?: string;
}

export interface BallotOptions {
  accept?: true;
  reject?: true;
  ballot?: string;
}

const EXAMPLE = `
Example:
  consortium sign ballot --member members/alice --proposal ID --accept |
    curl --cacert service_cert.pem -H 'content-type: application/cose' --data-binary @- \\
      'https://HOST:PORT/gov/members/proposals/ID/ballots/MEMBER_ID:submit?api-version=2024-07-01'`;

/** `consortium sign ...`: signed governance requests on standard output, for any HTTP client to send. */
export function signCommand(): Command {
  const command = new Command("sign")
    .description("Sign a governance request and write the COSE message to standard output.")
    .addHelpText("after", EXAMPLE);

  command.addCommand(
    signing("proposal", "a proposal: a JSON file with its actions, or - for standard input")
      .argument("<file>")
      .action((file: string, options: SignOptions) => {
        write("proposal", options, JSON.stringify(readJson(file)));
      }),
  );
  command.addCommand(
    withBallot(signing("ballot", "a vote on a proposal"))
      .requiredOption("--proposal <id>", "the proposal")
      .action((options: SignOptions & BallotOptions & { proposal: string }) => {
        write("ballot", options, JSON.stringify({ ballot: ballotOf(options) }), options.proposal);
      }),
  );
  command.addCommand(
    signing("withdrawal", "the withdrawal of a proposal of one's own")
      .requiredOption("--proposal <id>", "the proposal")
      .action((options: SignOptions & { proposal: string }) =>
        write("withdrawal", options, "", options.proposal),
      ),
  );
  command.addCommand(
    signing("state-digest", "a request for the digest of the state that the member is to acknowledge").action(
      (options: SignOptions) => write("state_digest", options, ""),
    ),
  );
  command.addCommand(
    signing(
      "ack",
      "the acknowledgement of a state: the service's answer to state-digest, or - for standard input",
    )
      .argument("<file>")
      .action((file: string, options: SignOptions) => {
        write("ack", options, JSON.stringify(readJson(file)));
      }),
  );
  return command;
}

/** The three ways to say what a ballot is. */
export function withBallot(command: Command): Command {
  return command
    .option("--accept", "vote in favour")
    .option("--reject", "vote against")
    .option("--ballot <file>", "a ballot script of one's own, or - for standard input");
}

/** @throws {UsageError} unless it is said exactly once */
export function ballotOf({ accept, reject, ballot }: BallotOptions): string {
  const said = [accept && BALLOTS.accept, reject && BALLOTS.reject, ballot && readText(ballot)];
  const [script, another] = said.filter((one) => one !== undefined);
  if (script && another === undefined) return script;
  throw new UsageError("MissingOption", "Say how to vote: --accept, --reject, or --ballot FILE");
}

function signing(name: string, description: string): Command {
  return withMember(new Command(name))
    .description(`Sign ${description}.`)
    .option("--created-at <seconds>", "when it is signed, seconds since 1970 (default: now)")
    .option("-o, --output <file>", "write there instead of to standard output");
}

function write(
  type: GovernanceMessageType,
  options: SignOptions,
  payload: string,
  proposalId?: string,
): void {
  const message = signGovernanceMessage({
    ...identityOf(options),
    type,
    payload,
    ...(proposalId !== undefined && { proposalId }),
    ...(options.createdAt !== undefined && { createdAt: seconds(options.createdAt) }),
  });
  if (options.output !== undefined) writeFileSync(options.output, message);
  else if (process.stdout.isTTY)
    throw new UsageError(
      "BinaryOutput",
      "The message is binary: pipe it into a program, or give --output FILE",
    );
  else process.stdout.write(message);
}

function seconds(text: string): number {
  if (/^[0-9]{1,12}$/.test(text)) return Number(text);
  throw new UsageError("InvalidOption", "--created-at takes seconds since 1970");
}
