/** `npm run snp -- COMMAND`: what it takes to run nodes as confidential containers on Azure Container Instances. */
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { EXIT, print, report } from "../cli/output.js";
import { readText } from "../cli/options.js";
import { run } from "../cli/run.js";
import { builtFile } from "./project.js";
import { deploymentFiles, makeDeployment, prepareAzureNode, type Settings } from "./snp/deployment.js";
import { verifyNodes } from "./snp/evidence.js";
import { readFounders } from "./snp/founders.js";
import { writeNew } from "./snp/new-files.js";
import { allowing, forbidding, readPolicy } from "./snp/policy.js";

const program = new Command("npm run snp --")
  .description(
    "Prepares nodes as confidential containers (AMD SEV-SNP) on Azure; docs/operators.md says how.",
  )
  .option("--json", "results and errors as one line of JSON")
  .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage));

program
  .command("template")
  .description("Make the folder of a deployment: its template, and the parameters that all its nodes share.")
  .argument("<deployment>", "a new folder")
  .requiredOption("--location <region>", "Azure region, for example westeurope")
  .requiredOption("--image <image>", "image of the node by digest, REPOSITORY@sha256:DIGEST")
  .requiredOption("--storage-account <name>", "holds the file share of each node")
  .option("--subnet <id>", "subnet of a private network; without it, nodes are open to everybody")
  .option("--dns-zone <name>", "private DNS zone of that network, for example ledger.internal")
  .action(
    run((deployment: string, options: TemplateOptions) => {
      makeDeployment(deployment, settingsOf(options));
      return {
        template: join(deployment, deploymentFiles.template),
        parameters: join(deployment, deploymentFiles.parameters),
      };
    }),
  );

program
  .command("policy")
  .description("Tell the host data of a security policy, and make the proposals that allow and forbid it.")
  .argument("<file>", "what az confcom acipolicygen --print-policy printed, or - for standard input")
  .option("--proposals <folder>", "write add_snp_host_data.json and remove_snp_host_data.json there")
  .action(
    run((file: string, { proposals }: { proposals?: string }) => {
      const policy = readPolicy(readText(file));
      const { hostData, warnings } = policy;
      if (proposals === undefined) return { hostData, warnings };
      const votes = [allowing(policy), forbidding(policy)];
      const files = votes.map((action) => [join(proposals, `${action.name}.json`), { actions: [action] }]);
      return { hostData, warnings, proposals: writeNew(Object.fromEntries(files) as Record<string, object>) };
    }),
  );

nodeCommand("start", "Prepare the node that begins a service.")
  .requiredOption("--members <folder>", "a folder per founder, with cert.pem and recovery_public_key.pem")
  .requiredOption("--threshold <number>", "how many members it takes to recover the service", positive)
  .action(
    run((deployment: string, name: string, options: StartOptions) =>
      prepareAzureNode(
        deployment,
        name,
        {
          type: "Start",
          members: readFounders(options.members),
          recoveryThreshold: options.threshold,
          constitution: readText(builtFile("constitution.js")),
        },
        options.clients,
      ),
    ),
  );

nodeCommand("join", "Prepare a node that joins a running service.")
  .requiredOption("--target <address>", "HOST:PORT at which a node of the service lets others join", address)
  .requiredOption("--service-cert <file>", "the service's certificate, PEM")
  .action(
    run((deployment: string, name: string, options: JoinOptions) =>
      prepareAzureNode(
        deployment,
        name,
        {
          type: "Join",
          targetAddress: options.target,
          serviceCertificatePem: readText(options.serviceCert),
        },
        options.clients,
      ),
    ),
  );

nodeCommand("recover", "Prepare the node that recovers a service all of whose nodes are lost.")
  .requiredOption("--service-cert <file>", "the certificate that the service had, PEM")
  .requiredOption(
    "--nodes <folder...>",
    "what is left of the shares of its nodes; the latest ledger is taken",
  )
  .action(
    run((deployment: string, name: string, options: RecoverOptions) =>
      prepareAzureNode(
        deployment,
        name,
        {
          type: "Recover",
          previousServiceCertificatePem: readText(options.serviceCert),
          nodeFolders: options.nodes,
        },
        options.clients,
      ),
    ),
  );

program
  .command("verify")
  .description("Verify that all nodes of a service run on confidential hardware, and under which policy.")
  .requiredOption("--url <url>", "a node of the service, https://HOST:PORT")
  .requiredOption("--service-cert <file>", "the service's certificate, PEM")
  .option("--policy <file>", "the security policy that all must run under, in base64")
  .action(async (options: { url: string; serviceCert: string; policy?: string }) => {
    const policy = options.policy === undefined ? undefined : readPolicy(readText(options.policy));
    const node = { url: options.url, serviceCertificatePem: readText(options.serviceCert) };
    const evidence = await verifyNodes(node, policy?.hostData);
    if (json()) print({ nodes: evidence }, true);
    else for (const one of evidence) print(one, false);
  });

const json = () => program.opts<{ json?: true }>().json ?? false;
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error, json());
}

interface TemplateOptions {
  location: string;
  image: string;
  storageAccount: string;
  subnet?: string;
  dnsZone?: string;
}
interface NodeOptions {
  clients?: string;
}
type StartOptions = NodeOptions & { members: string; threshold: number };
type JoinOptions = NodeOptions & { target: string; serviceCert: string };
type RecoverOptions = NodeOptions & { serviceCert: string; nodes: string[] };

function settingsOf({ location, image, storageAccount, subnet, dnsZone }: TemplateOptions): Settings {
  return {
    location,
    image,
    storageAccountName: storageAccount,
    ...(subnet !== undefined && { subnetId: subnet }),
    ...(dnsZone !== undefined && { privateDnsZone: dnsZone }),
  };
}

function nodeCommand(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .argument("<deployment>", "the folder of the deployment, with its policy in policy.base64")
    .argument("<name>", "of the node, its container group, its file share, and its host name")
    .option("--clients <address>", "HOST:PORT at which clients reach it, if not by its own name", address);
}

function address(text: string): string {
  if (/^[A-Za-z0-9.-]+:[0-9]{1,5}$/.test(text)) return text;
  throw new InvalidArgumentError("give HOST:PORT");
}

function positive(text: string): number {
  if (/^[1-9][0-9]{0,2}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("give a whole number from 1 to 999");
}
