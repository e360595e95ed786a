import { putContractSecret, releaseSecret } from "../../../src/endpoints/secrets.js";
import { alice, asMember, Service, VirtualMachine, virtualPolicy } from "./service.js";

export const contractId = "c1";
export const machine = new VirtualMachine();

/** A contract in force that trusts code on the machine, with one secret of Alice's. */
export function inForce(): Service {
  const service = new Service();
  service.acceptContract(contractId, { text: "we share" });
  service.setPolicy(contractId, virtualPolicy);
  machine.registerWith(service);
  put(service, "key", "swordfish");
  return service;
}

export const put = (service: Service, secretName: string, value: unknown, caller = asMember(alice)) =>
  service.call(putContractSecret, { caller, params: { contractId, secretName }, body: { value } });

export const ask = (service: Service, body: unknown, secretName = `${alice}_key`, query = "") =>
  service.call(releaseSecret, { params: { contractId, secretName }, query, body });
