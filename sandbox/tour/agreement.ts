import { createPublicKey, type KeyObject } from "node:crypto";
import { virtualKeyId } from "../../sdk/attested.js";
import { ContractClient } from "../../sdk/contract.js";
import { shape } from "../../src/schemas/shape.js";
import type { Network } from "../network.js";
import type { Step } from "../stage.js";
import { AGREED_CODE, castOf, demands, policyAction, short } from "./cast.js";
import { decide } from "./decide.js";

const platforms = shape("platforms", {
  type: "object",
  required: ["value"],
  properties: {
    value: {
      type: "array",
      items: {
        type: "object",
        required: ["platform", "trusted"],
        properties: {
          platform: { type: "string" },
          trusted: { type: "boolean" },
          keys: {
            type: "array",
            items: { type: "object", required: ["keyId"], properties: { keyId: { type: "string" } } },
          },
        },
      },
    },
  },
});

/** The members decide whose evidence counts on machines without attestation hardware. */
export async function trustAttestationKey(net: Network, step: Step, key: KeyObject): Promise<void> {
  const text = {
    id: "attestation-key",
    title: "They accept a key that vouches for code on this machine, which has no attestation hardware",
    proves:
      "Evidence of platform “virtual” counts only because the members voted for this key, for all to see.",
  };
  await step(text, async (tell) => {
    const keyId = virtualKeyId(key);
    const { value } = (await net.client.get("/app/attestation/platforms")).as(platforms);
    const known = value.some(({ keys = [] }) => keys.some((registered) => registered.keyId === keyId));
    if (known) tell("key", `${short(keyId)} was voted in before`);
    else {
      const public_key = createPublicKey(key).export({ type: "spki", format: "pem" }).toString();
      await decide(net, tell, { name: "set_virtual_attestation_key", args: { public_key } });
    }
    const trusted = (await net.client.get("/app/attestation/platforms")).as(platforms).value;
    const names = trusted.filter((platform) => platform.trusted).map(({ platform }) => platform);
    tell("anybody can ask", `GET /app/attestation/platforms: ${names.join(", ")}`);
  });
}

/** A contract from its draft to the last vote. */
export async function agreeOnContract(net: Network, step: Step, contractId: string): Promise<void> {
  const { analyst, dataOwner } = castOf(net);
  const text = {
    id: "contract",
    title: "A contract is drafted, proposed and voted",
    proves: "What they agreed on is exactly what was voted: an accepted contract can no longer be changed.",
  };
  await step(text, async (tell) => {
    const contract = new ContractClient(net.as(analyst), contractId);
    await contract.draft({
      purpose: "How long do patients stay? Averages per ward, nothing about a person.",
      data: `admissions, from ${dataOwner.name}`,
      code: AGREED_CODE,
      parties: net.members.map(({ name }) => name),
    });
    const draft = await contract.read();
    tell(`${analyst.name} drafts`, `${contractId}, version ${String(draft.version)}, state ${draft.state}`);
    await decide(net, tell, contract.acceptance(draft));
    const agreed = await contract.read();
    const votes = agreed.finalVotes?.filter(({ vote }) => vote).length ?? 0;
    tell("contract", `${agreed.state} with ${votes} of ${net.members.length} votes`);
  });
}

/** Which code may act under the contract. */
export async function agreeOnPolicy(net: Network, step: Step, contractId: string): Promise<void> {
  const text = {
    id: "policy",
    title: "They vote which code may act under the contract",
    proves:
      "Who may have the secrets is decided before there are any, by everybody, and by what code is, not by who runs it.",
  };
  await step(text, async (tell) => {
    await decide(net, tell, policyAction(contractId, 1));
    for (const [claim, accepted] of Object.entries(demands(1))) tell(claim, JSON.stringify(accepted[0]));
  });
}
