import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import type { Network } from "../../../sandbox/network.js";
import {
  type CleanRoomKey,
  type Evidence,
  makeCleanRoomKey,
  virtualEvidence,
  type VirtualClaims,
} from "../../../sdk/attested.js";
import { CleanRoom } from "../../../sdk/clean-room.js";
import type { Client } from "../../../sdk/client.js";
import { ContractClient } from "../../../sdk/contract.js";
import type { Action } from "../../../sdk/governance.js";
import { freshId } from "./network.js";

/** What the code is that the contracts of these tests trust. */
export const AGREED = {
  "virtual-measurement": "c0de",
  "virtual-hostdata": "ab".repeat(32),
  "virtual-svn": 7,
  "virtual-is-debuggable": false,
} as const satisfies VirtualClaims;

/** The policy that trusts exactly that code. */
export const TRUSTING_AGREED = Object.fromEntries(
  Object.entries(AGREED).map(([claim, value]) => [claim, [value]]),
);

/** Puts a contract in force: drafted by the first member, accepted by all. @returns its id */
export async function acceptedContract(net: Network, data: unknown = "We share."): Promise<string> {
  const contract = new ContractClient(net.as(net.members[0]), freshId("contract"));
  await contract.draft(data);
  await net.pass(contract.acceptance(await contract.read()));
  return contract.id;
}

/** The members decide, as a whole, which code a contract trusts. */
export const setPolicy = (contractId: string, policyType: string, ...alternatives: object[]): Action => ({
  name: "set_clean_room_policy",
  args: { contractId, type: "set", policyType, alternatives },
});

/** The members trust a key that vouches for code on a machine without attestation hardware. */
export const trustMachine = (machine: KeyObject): Action => ({
  name: "set_virtual_attestation_key",
  args: { public_key: createPublicKey(machine).export({ type: "spki", format: "pem" }) },
});

export const makeMachine = (): KeyObject => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

/** How a clean room differs from the one that the contract trusts. */
export interface RoomChanges {
  readonly contractId?: string;
  readonly claims?: Partial<VirtualClaims>;
  /** The machine that vouches. */
  readonly machine?: KeyObject;
  /** The key that the evidence binds, if it is another than the clean room's. */
  readonly boundKey?: CleanRoomKey;
  /** It opens no session, so nothing is written but what it asks for. */
  readonly evidenceEveryTime?: true;
}

/** A contract in force that trusts code on one machine. */
export class Collaboration {
  readonly net: Network;
  readonly contractId: string;
  readonly machine = makeMachine();
  readonly key = makeCleanRoomKey();

  private constructor(net: Network, contractId: string) {
    this.net = net;
    this.contractId = contractId;
  }

  static async start(net: Network): Promise<Collaboration> {
    const started = new Collaboration(net, await acceptedContract(net));
    const policy = setPolicy(started.contractId, "virtual", TRUSTING_AGREED);
    await net.pass(trustMachine(started.machine), policy);
    return started;
  }

  /** What somebody does with the contract; the first member by default. */
  contract(client: Client = this.net.as(this.net.members[0])): ContractClient {
    return new ContractClient(client, this.contractId);
  }

  /** Code that acts under the contract; what it presents is what the members agreed on, but for the changes. */
  room(changes: RoomChanges = {}): CleanRoom {
    return new CleanRoom(
      this.net.client,
      changes.contractId ?? this.contractId,
      this.key,
      this.evidence(changes),
      changes.evidenceEveryTime ? { evidenceEveryTime: true } : {},
    );
  }

  evidence({ claims, machine = this.machine, boundKey = this.key }: RoomChanges = {}): Evidence {
    return virtualEvidence(machine, { ...AGREED, ...claims }, boundKey.publicKeyPem);
  }
}
