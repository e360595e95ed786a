import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import type { Network } from "../../sandbox/network.js";
import {
  type CleanRoomKey,
  type Evidence,
  makeCleanRoomKey,
  snpCaciEvidence,
  virtualEvidence,
} from "../../sdk/attested.js";
import { CleanRoom } from "../../sdk/clean-room.js";
import type { Client } from "../../sdk/client.js";
import { ContractClient } from "../../sdk/contract.js";
import type { Action } from "../../sdk/governance.js";
import { generateTokenKey } from "../../sdk/token.js";
import { type ContainerEvidence, containerEvidence } from "../../test/support/evidence.js";

/** Attested code, the contract that trusts it, and a secret of that contract. */
export interface Room {
  readonly contractId: string;
  readonly key: CleanRoomKey;
  readonly evidence: Evidence;
  readonly secretId: string;
}

/** Actions of one proposal. */
const CONTRACTS_PER_VOTE = 200;
const EVENTS_AT_ONCE = 8;

/** Where the host data stands in an SEV-SNP report (AMD 56860, table 23). */
const HOST_DATA = { from: 0xc0, to: 0xe0 } as const;

/** A consortium with all that requests are about: contracts, secrets, attested code, keys for tokens and certificates. */
export class Scene {
  readonly net: Network;
  /** Of platform `virtual`. */
  readonly room: Room;
  #size = 1;

  private constructor(net: Network, room: Room) {
    this.net = net;
    this.room = room;
  }

  static async found(net: Network): Promise<Scene> {
    const attester = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const public_key = attester.publicKey.export({ type: "spki", format: "pem" });
    const key = makeCleanRoomKey();
    const claims = { "virtual-measurement": "00".repeat(32), "virtual-is-debuggable": false };
    const evidence = virtualEvidence(attester.privateKey, claims, key.publicKeyPem);
    const room = await roomOf(net, { contractId: "bench", key, evidence }, claims);
    await net.pass(
      { name: "set_virtual_attestation_key", args: { public_key } },
      { name: "enable_oidc_issuer", args: { kid: room.contractId } },
      { name: "set_oidc_issuer_url", args: { issuer_url: "https://issuer.example.com" } },
      { name: "enable_ca", args: { contractId: room.contractId } },
    );
    const member = net.as(net.members[0]);
    await generateTokenKey(member);
    await new ContractClient(member, room.contractId).generateCaKey();
    return new Scene(net, room);
  }

  /** Adds attested code whose evidence is real; `undefined`, after saying so, where there is none. */
  async addRealRoom(): Promise<(Room & { readonly real: ContainerEvidence }) | undefined> {
    const real = containerEvidence("encryption");
    if (real === undefined) return undefined;
    const key = { privateKey: createPrivateKey(real.privateKey), publicKeyPem: real.publicKey };
    const evidence = snpCaciEvidence({
      attestation: real.report.toString("base64"),
      platformCertificates: Buffer.from(real.certificates).toString("base64"),
      uvmEndorsements: real.uvmEndorsement.toString("base64"),
    });
    const claims = {
      "x-ms-sevsnpvm-hostdata": real.report.subarray(HOST_DATA.from, HOST_DATA.to).toString("hex"),
      "x-ms-sevsnpvm-is-debuggable": false,
    };
    return { ...(await roomOf(this.net, { contractId: "bench-snp", key, evidence }, claims)), real };
  }

  /** The attested code, which speaks to the service through some client. */
  cleanRoom(client: Client = this.net.client): CleanRoom {
    const { contractId, key, evidence } = this.room;
    return new CleanRoom(client, contractId, key, evidence);
  }

  /** Has so many contracts accepted, and so many events written. */
  async grow(size: number, progress: (text: string) => void): Promise<void> {
    const room = this.cleanRoom();
    while (this.#size < size) {
      const next = Math.min(size, this.#size + CONTRACTS_PER_VOTE);
      const numbers = Array.from({ length: next - this.#size }, (_, index) => this.#size + index);
      await this.net.pass(...numbers.map((number) => acceptance(`bench-${number}`)));
      const queue = [...numbers];
      const write = async (): Promise<void> => {
        for (let number = queue.pop(); number !== undefined; number = queue.pop())
          await room.logEvent({ number });
      };
      await Promise.all(Array.from({ length: EVENTS_AT_ONCE }, write));
      this.#size = next;
      progress(`${next} of ${size} contracts and events`);
    }
  }
}

/** Puts a contract in force that trusts code with these claims, and gives it a secret. */
async function roomOf(net: Network, code: Omit<Room, "secretId">, claims: object): Promise<Room> {
  const { contractId, evidence } = code;
  const policy = { contractId, type: "add", policyType: evidence.platform, claims };
  await net.pass(acceptance(contractId));
  await net.pass({ name: "set_clean_room_policy", args: policy });
  const contract = new ContractClient(net.as(net.members[0]), contractId);
  return { ...code, secretId: await contract.putSecret("key", "x".repeat(44)) };
}

/** What a proposal does that accepts a contract of usual length. */
export const acceptance = (contractId: string): Action => ({
  name: "set_contract",
  args: { contractId, contract: { data: { text: "x".repeat(2000) } } },
});
