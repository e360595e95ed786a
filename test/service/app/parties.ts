import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import type { Network } from "../../../sandbox/network.js";
import { type CleanRoomKey, type Evidence, virtualEvidence } from "../../../sdk/attested.js";
import { CleanRoom } from "../../../sdk/clean-room.js";
import { ContractClient } from "../../../sdk/contract.js";
import { freshId } from "../support/network.js";

/** The code that the contracts of these tests trust. */
export const hostData = "ab".repeat(32);

/** Puts a contract in force: drafted by the first member, accepted by all. */
export async function acceptedContract(net: Network): Promise<ContractClient> {
  const contract = new ContractClient(net.as(net.members[0]), freshId("contract"));
  await contract.draft({ text: "We share what we know." });
  await net.pass(contract.acceptance(await contract.read()));
  return contract;
}

/** Has the members decide which code a contract trusts. */
export async function trust(
  net: Network,
  { id }: ContractClient,
  policyType: string,
  claims: object,
): Promise<void> {
  const args = { contractId: id, type: "set", policyType, alternatives: [claims] };
  await net.pass({ name: "set_clean_room_policy", args });
}

/** A machine without attestation hardware, whose key the members have registered. */
export async function registeredMachine(net: Network): Promise<KeyObject> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "pem" });
  await net.pass({ name: "set_virtual_attestation_key", args: { public_key: publicKey } });
  return privateKey;
}

export const evidenceOn = (machine: KeyObject, key: CleanRoomKey): Evidence =>
  virtualEvidence(
    machine,
    { "virtual-hostdata": hostData, "virtual-is-debuggable": false },
    key.publicKeyPem,
  );

export const cleanRoomOn = (
  net: Network,
  { id }: ContractClient,
  machine: KeyObject,
  key: CleanRoomKey,
): CleanRoom => new CleanRoom(net.client, id, key, evidenceOn(machine, key));
