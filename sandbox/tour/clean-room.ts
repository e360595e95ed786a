import { type KeyObject, randomBytes } from "node:crypto";
import { makeCleanRoomKey, virtualEvidence } from "../../sdk/attested.js";
import { CleanRoom } from "../../sdk/clean-room.js";
import { ContractClient } from "../../sdk/contract.js";
import { ServiceError } from "../../sdk/errors.js";
import type { Network } from "../network.js";
import type { Step, Tell } from "../stage.js";
import { AGREED_CODE, castOf, measure, OTHER_CODE, short } from "./cast.js";

/** A secret that its owner put into the service, and what it is, to compare with what comes out. */
export interface Stored {
  readonly secretId: string;
  readonly value: string;
}

/** A clean room on a machine without attestation hardware: the attestation key says what code runs. */
function cleanRoom(net: Network, contractId: string, attestationKey: KeyObject, code: string): CleanRoom {
  const key = makeCleanRoomKey();
  const claims = { "virtual-measurement": measure(code), "virtual-svn": 1, "virtual-is-debuggable": false };
  return new CleanRoom(
    net.client,
    contractId,
    key,
    virtualEvidence(attestationKey, claims, key.publicKeyPem),
  );
}

export async function storeSecret(net: Network, step: Step, contractId: string): Promise<Stored> {
  const { dataOwner } = castOf(net);
  const text = {
    id: "secret",
    title: `${dataOwner.name} stores the key of its data`,
    proves:
      "The value is encrypted on the ledger, and no certificate opens it: members can list secrets, not read them.",
  };
  return step(text, async (tell) => {
    const contract = new ContractClient(net.as(dataOwner), contractId);
    const value = randomBytes(32).toString("base64");
    const secretId = await contract.putSecret("data-key", value);
    tell("secret", short(secretId));
    tell("listed", `${(await contract.listSecrets()).length} secret, by its id`);
    return { secretId, value };
  });
}

export async function refuseOtherCode(
  net: Network,
  step: Step,
  contractId: string,
  key: KeyObject,
  { secretId }: Stored,
): Promise<void> {
  const text = {
    id: "refused",
    title: "Code that nobody agreed on asks for the secret, and is refused",
    proves:
      "The refusal says, claim by claim, what was presented and what is accepted, and gives nothing away.",
  };
  await step(text, async (tell) => {
    const room = cleanRoom(net, contractId, key, OTHER_CODE);
    await expectRefusal(tell, "VerifySnpAttestationFailed", () => room.secret(secretId));
  });
}

/** @returns the clean room that got the secret */
export async function releaseSecret(
  net: Network,
  step: Step,
  contractId: string,
  key: KeyObject,
  { secretId, value }: Stored,
): Promise<CleanRoom> {
  const text = {
    id: "released",
    title: "The code they agreed on gets the secret and unwraps it",
    proves: "The answer is encrypted to a key that the evidence binds: whoever carries it cannot read it.",
  };
  return step(text, async (tell) => {
    const room = cleanRoom(net, contractId, key, AGREED_CODE);
    const { value: received, release, txId } = await room.secret(secretId);
    if (received.toString("utf8") !== value) throw new Error("What was released is not what was stored");
    tell("unwrapped", `${received.length} bytes, the same that were stored`);
    tell("recorded", `as release ${release} of the contract, in transaction ${txId}`);
    return room;
  });
}

/** Consent is more than advice: whoever withdraws it stops what flows. */
export async function withdrawConsent(
  net: Network,
  step: Step,
  contractId: string,
  room: CleanRoom,
  { secretId }: Stored,
): Promise<void> {
  const { dataOwner } = castOf(net);
  const text = {
    id: "consent",
    title: `${dataOwner.name} withdraws its consent, and gives it again`,
    proves:
      "One member alone can stop the release of secrets, at once, and only that member can lift it again.",
  };
  await step(text, async (tell) => {
    const contract = new ContractClient(net.as(dataOwner), contractId);
    await contract.setExecution("disable");
    await expectRefusal(tell, "ExecutionDisabled", () => room.secret(secretId));
    await contract.setExecution("enable");
    tell("execution", (await contract.executionStatus()).status);
  });
}

/** The refusal is what the step is about: anything else is a failure. */
async function expectRefusal(tell: Tell, code: string, ask: () => Promise<unknown>): Promise<void> {
  try {
    await ask();
  } catch (error) {
    if (!(error instanceof ServiceError) || error.code !== code) throw error;
    tell("refused", `${error.status} ${error.code}: ${error.message}`);
    for (const detail of error.details) tell("because", messageOf(detail));
    return;
  }
  throw new Error(`A request that had to be refused with ${code} was answered`);
}

function messageOf(detail: unknown): string {
  return typeof detail === "object" && detail !== null && "message" in detail
    ? String(detail.message)
    : JSON.stringify(detail);
}
