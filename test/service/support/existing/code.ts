import { type KeyObject } from "node:crypto";
import { type VirtualClaims, virtualEvidence } from "../../../../sdk/attested.js";
import { makeMachine, trustMachine } from "../collaboration.js";
import type { Address } from "./http.js";
import { passed } from "./member.js";
import { agreedContract, type ThreeMembers } from "./parties.js";
import { ExistingSidecar, sidecarKey } from "./sidecar.js";

const CODE = { "virtual-measurement": "c0de", "virtual-is-debuggable": false } as const;

/**
 * Clean rooms of a contract in force, with existing sidecars. No machine of the tests has hardware that attests, so a key that
 * the members trust vouches for the code, and `platform` is `virtual`; the rest is as it would be with hardware.
 */
export class ExistingCleanRooms {
  readonly contractId: string;
  readonly #service: Address;
  readonly #machine: KeyObject;

  private constructor(service: Address, contractId: string, machine: KeyObject) {
    this.#service = service;
    this.contractId = contractId;
    this.#machine = machine;
  }

  static async start(service: Address, members: ThreeMembers): Promise<ExistingCleanRooms> {
    const contractId = await agreedContract(members);
    const machine = makeMachine();
    await passed(members, trustMachine(machine));
    const claims = { "virtual-measurement": ["c0de"] };
    const args = { contractId, type: "add", policyType: "virtual", claims };
    await passed(members, { name: "set_clean_room_policy", args });
    return new ExistingCleanRooms(service, contractId, machine);
  }

  /** @param claims how the code differs from that of the contract's policy */
  sidecar(claims: Partial<VirtualClaims> = {}): ExistingSidecar {
    const key = sidecarKey();
    const evidence = virtualEvidence(this.#machine, { ...CODE, ...claims }, key.publicKeyPem);
    return new ExistingSidecar(this.#service, this.contractId, evidence, key);
  }
}
