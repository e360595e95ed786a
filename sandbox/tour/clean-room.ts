import { generateKeyPair, type KeyObject, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { CLEAN_ROOM_KEY, type CleanRoomKey, cleanRoomKey, virtualEvidence } from "../../sdk/attested.js";
import { CleanRoom } from "../../sdk/clean-room.js";
import { ContractClient } from "../../sdk/contract.js";
import { ServiceError } from "../../sdk/errors.js";
import type { Network } from "../network.js";
import type { Step, Tell } from "../stage.js";
import { AGREED_CODE, castOf, measure, OTHER_CODE, short } from "./cast.js";

const keyPair = promisify(generateKeyPair);

/** A secret that its owner put into the service, and what it is, to compare with what comes out. */
export interface Stored {
  readonly secretId: string;
  readonly value: string;
}

/** What stands in for attestation hardware in the tour, and the keys of the code that runs there. */
export interface Machine {
  /** Says what code runs; the members trust it. */
  readonly attestationKey: KeyObject;
  /** One for code that nobody agreed on, one for the other. */
  readonly roomKeys: Promise<readonly [CleanRoomKey, CleanRoomKey]>;
}

/** Making RSA keys takes a while: it is done beside everything that comes before they are needed. */
export function startMachine(attestationKey: KeyObject): Machine {
  const make = async () => cleanRoomKey(await keyPair(CLEAN_ROOM_KEY.type, CLEAN_ROOM_KEY));
  return { attestationKey, roomKeys: Promise.all([make(), make()]) };
}

function cleanRoom(
  net: Network,
  contractId: string,
  machine: Machine,
  key: CleanRoomKey,
  code: string,
): CleanRoom {
  const claims = { "virtual-measurement": measure(code), "virtual-svn": 1, "virtual-is-debuggable": false };
  const evidence = virtualEvidence(machine.attestationKey, claims, key.publicKeyPem);
  return new CleanRoom(net.client, contractId, key, evidence);
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
  machine: Machine,
  { secretId }: Stored,
): Promise<void> {
  const text = {
    id: "refused",
    title: "Code that nobody agreed on asks for the secret, and is refused",
    proves:
      "The refusal says, claim by claim, what was presented and what is accepted, and gives nothing away.",
  };
  await step(text, async (tell) => {
    const [key] = await machine.roomKeys;
    const room = cleanRoom(net, contractId, machine, key, OTHER_CODE);
    await expectRefusal(tell, "VerifySnpAttestationFailed", () => room.secret(secretId));
  });
}

/** @returns the clean room that got the secret */
export async function releaseSecret(
  net: Network,
  step: Step,
  contractId: string,
  machine: Machine,
  { secretId, value }: Stored,
): Promise<CleanRoom> {
  const text = {
    id: "released",
    title: "The code they agreed on gets the secret and unwraps it",
    proves: "The answer is encrypted to a key that the evidence binds: whoever carries it cannot read it.",
  };
  return step(text, async (tell) => {
    const [, key] = await machine.roomKeys;
    const room = cleanRoom(net, contractId, machine, key, AGREED_CODE);
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
