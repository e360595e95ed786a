import assert from "node:assert/strict";
import type { RefusalCode } from "../../../src/kit/refusals.js";
import { type AttestedEndpoint, ecRoom, evidenceOf } from "./attested-endpoints.js";
import { type Answer, bob, otherRoom, room, type Service, VirtualMachine } from "./service.js";

export type Refused = (endpoint: AttestedEndpoint, service: Service) => Answer;

/** As JSON, with a change. */
const json =
  (change: object): Refused =>
  (endpoint, service) =>
    endpoint.send(service, { ...endpoint.json(), ...change });
/** As a bound request, with a change. */
const bound =
  (change: () => Parameters<AttestedEndpoint["bound"]>[0]): Refused =>
  (endpoint, service) =>
    endpoint.send(service, endpoint.bound(change()));
/** As it is right, once something has happened. */
const once =
  (happened: (service: Service) => void): Refused =>
  (endpoint, service) => {
    happened(service);
    return endpoint.send(service, endpoint.boundOnly ? endpoint.bound() : endpoint.json());
  };

const stranger = new VirtualMachine();

/** What refuses a request that is right otherwise, for each code that these endpoints have in common. */
export const attestedRefusals: Partial<Record<RefusalCode, Refused>> = {
  AttestationMissing: json({ attestation: undefined }),
  EncryptionMissing: json({ encrypt: { publicKey: 7 } }),
  SignatureMissing: json({ sign: { signature: 7 } }),
  DataMissing: json({ data: 7 }),
  UnsupportedPlatform: bound(() => ({ as: { evidence: { ...evidenceOf(room), platform: "sgx" as never } } })),
  InvalidJson: (endpoint, service) => endpoint.send(service, "{"),
  InvalidBody: (endpoint, service) =>
    endpoint.send(service, endpoint.boundOnly ? endpoint.bound({ content: { contractId: "c1" } }) : []),
  BoundRequestRequired: (endpoint, service) => {
    service.ccf.put("public:ccf.gov.cgs_runtime_options", "require-bound-requests", { status: "enabled" });
    return endpoint.send(service, endpoint.json());
  },
  InvalidBoundRequest: (endpoint, service) => endpoint.send(service, endpoint.bound().subarray(1)),
  RequestTargetMismatch: bound(() => ({ target: "/app/contracts/c2" })),
  ServiceMismatch: bound(() => ({ service: "00".repeat(32) })),
  RequestExpired: bound(() => ({ at: new Date(Date.now() - 400_000) })),
  SessionNotFound: bound(() => ({ as: { session: "00".repeat(16) } })),
  SignatureMismatch: bound(() => ({ key: { ...room, privateKey: otherRoom.privateKey } })),
  RequestReplayed: (endpoint, service) => {
    const body = endpoint.bound();
    assert.ok(endpoint.send(service, body).status < 300, endpoint.name);
    return endpoint.send(service, body);
  },
  ReportDataMismatch: bound(() => ({ as: { evidence: evidenceOf(otherRoom) } })),
  VerifySnpAttestationFailed: bound(() => ({ as: { evidence: stranger.evidence(room) } })),
  EncryptionKeyUnsupported: bound(() => ({ key: ecRoom })),
  ContractNotAccepted: once(({ ccf: node }) =>
    node.run("governance", () => ccf.kv["public:ccf.gov.contract_standings"]?.delete(ccf.strToBuf("c1"))),
  ),
  ContractEnded: once((service) => service.endContract("c1", "p2")),
  ContractExpired: once((service) => service.acceptContract("c1", 1, { expires: "2020-01-01T00:00:00Z" })),
  ExecutionDisabled: once(({ ccf: node }) =>
    node.put("public:contracts_execution_status", "c1", { [bob]: "disabled" }),
  ),
  ViewNotKnown: once((service) => {
    const { version } = service.ccf;
    service.ccf.version = version + 100;
    service.acceptContract("c1");
    service.ccf.version = version;
  }),
};
