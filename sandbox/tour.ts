import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { propose } from "../sdk/governance.js";
import { writePrivateFile } from "./embedded/tls/private-files.js";
import type { Network } from "./network.js";
import type { Step } from "./stage.js";
import { agreeOnContract, agreeOnPolicy, trustAttestationKey } from "./tour/agreement.js";
import { type Evidence, logEvent, verifyEvent } from "./tour/audit.js";
import { castOf, policyAction, short } from "./tour/cast.js";
import {
  refuseOtherCode,
  releaseSecret,
  startMachine,
  storeSecret,
  withdrawConsent,
} from "./tour/clean-room.js";

/** What the tour leaves behind, for whoever goes on from there. */
export interface TourEnd extends Evidence {
  readonly contractId: string;
  /** Transaction of the event. */
  readonly eventTxId: string;
  /** A proposal that waits for votes. */
  readonly openProposalId: string;
}

/** Carries one collaboration through, from a contract to a verified receipt. Each tour has a contract of its own. */
export async function takeTour(net: Network, step: Step): Promise<TourEnd> {
  const contractId = `patient-study-${net.workspace.nextTour()}`;
  const machine = startMachine(attestationKey(net));
  await trustAttestationKey(net, step, machine.attestationKey);
  await agreeOnContract(net, step, contractId);
  await agreeOnPolicy(net, step, contractId);
  const stored = await storeSecret(net, step, contractId);
  await refuseOtherCode(net, step, contractId, machine, stored);
  const room = await releaseSecret(net, step, contractId, machine, stored);
  await withdrawConsent(net, step, contractId, room, stored);
  const logged = await logEvent(net, step, contractId, room);
  const evidence = await verifyEvent(net, step, logged);
  const openProposalId = await leaveQuestion(net, step, contractId);
  return { ...evidence, contractId, eventTxId: logged.txId, openProposalId };
}

/** Something for the reader to vote on. */
async function leaveQuestion(net: Network, step: Step, contractId: string): Promise<string> {
  const { analyst } = castOf(net);
  const text = {
    id: "question",
    title: `${analyst.name} proposes to trust version 2 of the code and later ones only, and nobody has voted yet`,
    proves: "A proposal waits until all have voted; it is your turn.",
  };
  return step(text, async (tell) => {
    const proposal = await propose(net.client, analyst, [policyAction(contractId, 2)]);
    tell("proposal", `${short(proposal.proposalId)} is ${proposal.proposalState}`);
    return proposal.proposalId;
  });
}

/** The workspace's key for evidence of platform `virtual`, on P-256; made when it is first needed. */
function attestationKey(net: Network): KeyObject {
  const file = net.workspace.path("attestation", "key.pem");
  if (!existsSync(file)) {
    mkdirSync(net.workspace.path("attestation"), { recursive: true, mode: 0o700 });
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writePrivateFile(file, privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  }
  return createPrivateKey(readFileSync(file));
}
