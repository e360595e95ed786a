import { generateKeyPairSync } from "node:crypto";
import type { Network } from "../../sandbox/network.js";
import { attestedRequest, makeCleanRoomKey, signedRequest, virtualEvidence } from "../../sdk/attested.js";
import { ContractClient } from "../../sdk/contract.js";
import type { BenchRequest } from "./measure.js";

const CONTRACT = "bench";
/** More events than any engine writes on such a machine. */
const MOST_PER_SECOND = 600;

/** Makes a contract, its policy and a secret, and the requests to measure; the first is the one to compare with. */
export async function prepareRequests(net: Network, seconds: number): Promise<Record<string, BenchRequest>> {
  const [member] = net.members;
  const contract = new ContractClient(net.as(member), CONTRACT);
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const public_key = publicKey.export({ type: "spki", format: "pem" }).toString();
  const claims = { "virtual-measurement": "00".repeat(32), "virtual-is-debuggable": false };
  await net.pass({
    name: "set_contract",
    args: { contractId: CONTRACT, contract: { data: { text: "x".repeat(2000) } } },
  });
  await net.pass(
    { name: "set_virtual_attestation_key", args: { public_key } },
    {
      name: "set_clean_room_policy",
      args: { contractId: CONTRACT, type: "add", policyType: "virtual", claims },
    },
  );
  const secretId = await contract.putSecret("key", "x".repeat(44));

  const key = makeCleanRoomKey();
  const evidence = virtualEvidence(privateKey, claims, key.publicKeyPem);
  const path = `/app/contracts/${CONTRACT}`;
  const caller = { cert: member.certificatePem, key: member.privateKeyPem };
  return {
    "empty handler": { method: "GET", path: "/app/bench/empty" },
    "read a contract": { method: "POST", path, ...caller },
    "write an event": {
      method: "PUT",
      path: `${path}/events`,
      // none is accepted twice, so each is signed beforehand
      body: Array.from({ length: MOST_PER_SECOND * (seconds + 1) }, (_, n) =>
        JSON.stringify(signedRequest(key, evidence, { n })),
      ),
    },
    "release a secret": {
      method: "POST",
      path: `${path}/secrets/${secretId}`,
      body: JSON.stringify(attestedRequest(key, evidence)),
    },
  };
}
