import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { activateMember, type Action, listMembers } from "../sdk/governance.js";
import { serviceInfo } from "../sdk/service.js";
import type { Network } from "./network.js";
import { servesApplication, waitUntil } from "./operations/waiting.js";
import { builtFile } from "./project.js";
import type { Step } from "./stage.js";

/**
 * Limits of the application as the reference service deploys them. But the details of exceptions, which may quote a request,
 * are neither returned nor logged; the members can vote for that while they look for a defect.
 */
const RUNTIME_OPTIONS = {
  max_heap_bytes: 100 * 1024 * 1024,
  max_stack_bytes: 1024 * 1024,
  max_execution_time_ms: 1000,
  log_exception_details: false,
  return_exception_details: false,
};

/**
 * Brings a service to life as its members would: they become active, vote in the application, and open the service. Does
 * what is not done yet, so founding goes on where it was interrupted, and an application that was built anew is voted in.
 */
export async function found(net: Network, step: Step): Promise<void> {
  await activate(net, step);
  await deploy(net, step);
  await open(net, step);
}

async function activate(net: Network, step: Step): Promise<void> {
  const members = await listMembers(net.client);
  const isActive = (id: string) =>
    members.some(({ memberId, status }) => memberId === id && status === "Active");
  const invited = net.members.filter(({ id }) => !isActive(id));
  if (invited.length === 0) return;
  const text = {
    id: "activate",
    title: "Each founder signs the state of the ledger and becomes an active member",
    proves: "Nobody is a member against its will, or without having seen what it joins.",
  };
  await step(text, async (tell) => {
    // side by side, because each waits until the ledger is signed
    await Promise.all(invited.map((member) => activateMember(net.client, member)));
    for (const member of invited)
      tell(member.name, `active, known by the digest of its certificate: ${member.id.slice(0, 16)}…`);
  });
}

/**
 * Has the members vote in the application that was built last and, if the service runs already, its constitution.
 *
 * @returns whether there was anything new
 */
export async function deploy(net: Network, step: Step): Promise<boolean> {
  const { deployed } = net.workspace;
  const { actions, digest, modules } = deployment(deployed !== undefined);
  if (deployed === digest) return false;
  const text = {
    id: "deploy",
    title:
      deployed === undefined
        ? "They vote the application in"
        : "They vote in the application that was built anew",
    proves:
      "No operator can change the code of the service: every version is on the ledger, with the votes for it.",
  };
  await step(text, async (tell) => {
    const { proposal, txId } = await net.pass(...actions);
    net.workspace.recordDeployed(digest);
    tell(
      "proposal",
      `${proposal.proposalId.slice(0, 16)}… is ${proposal.proposalState}, decided by transaction ${txId}`,
    );
    tell("application", `${modules} modules; with the constitution, SHA-256 ${digest.slice(0, 16)}…`);
  });
  return true;
}

async function open(net: Network, step: Step): Promise<void> {
  if ((await serviceInfo(net.client)).status === "Open") return;
  const text = {
    id: "open",
    title: "They open the service",
    proves: "Only the members' votes open it, and they name the service identity that they mean.",
  };
  await step(text, async (tell) => {
    const args = { next_service_identity: net.workspace.serviceCertificatePem };
    const { txId } = await net.pass({ name: "transition_service_to_open", args });
    await waitUntil("the service is open", () => servesApplication(net.client));
    tell("open", `since transaction ${txId}, at ${net.url}`);
  });
}

/** What puts the application that was built last in place; of a running service, its constitution as well. */
function deployment(running: boolean): { actions: Action[]; digest: string; modules: number } {
  const text = readFileSync(builtFile("bundle.json"), "utf8");
  const bundle = JSON.parse(text) as { modules: readonly unknown[] };
  const constitution = readFileSync(builtFile("constitution.js"), "utf8");
  const digest = createHash("sha256").update(text).update("\0").update(constitution).digest("hex");
  const actions: Action[] = [
    ...(running ? [{ name: "set_constitution", args: { constitution } }] : []),
    { name: "set_js_runtime_options", args: RUNTIME_OPTIONS },
    { name: "set_js_app", args: { bundle } },
  ];
  return { actions, digest, modules: bundle.modules.length };
}
