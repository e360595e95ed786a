import { join } from "node:path";
import { Command } from "commander";
import { serviceIdentityOf } from "../../sdk/bound-request.js";
import { UsageError } from "../../sdk/errors.js";
import { nodeState } from "../../sdk/nodes.js";
import { submitRecoveryShare } from "../../sdk/recovery.js";
import { previousServiceCertificate, serviceInfo, verifyPreviousService } from "../../sdk/service.js";
import { type CallerOptions, clientOf, identityOf, readText } from "../options.js";
import { type ServiceOptions, withMember, withService } from "../options.js";
import type { Run } from "../run.js";

type PreviousOptions = ServiceOptions & { previous?: string };
type ShareOptions = ServiceOptions & CallerOptions & { recoveryKey?: string };

const WARNING = `
Whoever gets enough shares can read the whole ledger. Before you submit yours, make sure that the service is the one that
the members agreed to recover, on nodes that you trust; docs/recovery.md says how.`;

/** `consortium recovery ...` */
export function recoveryCommand(run: Run): Command {
  const command = new Command("recovery").description("The recovery of a service whose nodes have all died.");
  command.addCommand(
    withService(new Command("status"))
      .description("Show how far the recovery is, of which service, and how many shares it takes.")
      .option(
        "--previous <file>",
        "the service's certificate of before, PEM; exit code 3 if the service says that it was recovered from another",
      )
      .action(run(recoveryStatus)),
  );
  command.addCommand(
    withMember(withService(new Command("submit-share")))
      .description("Fetch one's recovery share, decrypt it, and submit it. It is never shown.")
      .option("--recovery-key <file>", "RSA private key, PEM (default: recovery_key.pem of --member)")
      .addHelpText("after", WARNING)
      .action(
        run((options: ShareOptions) =>
          submitRecoveryShare(clientOf(options), identityOf(options), readText(recoveryKeyFile(options))),
        ),
      ),
  );
  return command;
}

async function recoveryStatus({ previous, ...options }: PreviousOptions) {
  const client = clientOf(options);
  if (previous !== undefined) await verifyPreviousService(client, readText(previous));
  const [info, before, node] = await Promise.all([
    serviceInfo(client),
    previousServiceCertificate(client),
    nodeState(client),
  ]);
  const { seqno, target } = node.recovered ?? {};
  return {
    service: info.status,
    identity: serviceIdentityOf(info.certificatePem),
    previousIdentity: before && serviceIdentityOf(before),
    recoveries: info.recoveryCount,
    sharesNeeded: info.recoveryThreshold,
    node: node.state,
    recoveredTo: seqno,
    recoversTo: target,
  };
}

function recoveryKeyFile({ recoveryKey, member }: ShareOptions): string {
  const file = recoveryKey ?? (member && join(member, "recovery_key.pem"));
  if (file !== undefined) return file;
  throw new UsageError("MissingOption", "Say which recovery key: --recovery-key FILE, or --member FOLDER");
}
