import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineNamed } from "../../../../sandbox/engine.js";
import { waitUntil } from "../../../../sandbox/operations/waiting.js";
import { Workspace } from "../../../../sandbox/workspace.js";
import { Client } from "../../../../sdk/client.js";
import { nodeState } from "../../../../sdk/nodes.js";
import { engine } from "../network.js";
import type { Address } from "./http.js";
import { ExistingMember } from "./member.js";
import type { ThreeMembers } from "./parties.js";

/** A constitution of nobody's making: all three agree, on whatever it is. It knows what deployment begins with. */
const CONSTITUTION = `
  export function validate() { return { valid: true, description: "" }; }
  export function resolve(proposal, proposerId, votes) {
    return votes.filter(({ vote }) => vote).length === 3 ? "Accepted" : "Open";
  }
  export function apply(proposal) {
    for (const { name, args } of JSON.parse(proposal).actions) {
      if (name === "transition_service_to_open")
        ccf.node.transitionServiceToOpen(undefined, ccf.strToBuf(args.next_service_identity));
      else if (name === "set_constitution")
        ccf.kv["public:ccf.gov.constitution"].set(new ArrayBuffer(8), ccf.jsonCompatibleToBuf(args.constitution));
      else throw new Error(name);
    }
  }`;

/** A service of three members as CCF starts it: without this project's application or constitution, and not open. */
export interface BareService {
  readonly members: ThreeMembers;
  readonly address: Address;
  end(): Promise<void>;
}

export async function bareService(): Promise<BareService> {
  const folder = mkdtempSync(join(tmpdir(), "consortium-test-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const { members } = await Workspace.open(folder, { engine, members: 3 });
    const runner = await engineNamed(engine);
    const place = { name: "node0", folder, address: "127.0.0.1", port: 0 };
    const beginning = { type: "Start", members, recoveryThreshold: 2, constitution: CONSTITUTION } as const;
    const node = await runner.start(place, beginning);
    const certificate = () => runner.serviceCertificate(folder);
    const serviceCertificatePem = await waitUntil("there is a service", certificate, { node });
    const address = { url: node.url, serviceCertificatePem };
    const client = new Client(address);
    await waitUntil("the service answers", () => nodeState(client), { node });
    client.close();
    const clients = members.map((member) => new ExistingMember(address, member));
    return {
      members: clients as unknown as ThreeMembers,
      address,
      async end() {
        await node.stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
