import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { signedRequest } from "../../../sdk/attested.js";
import { generateCaSigningKey, generateEndorsedCert, getCaStatus } from "../../../src/endpoints/ca.js";
import { makeKeyPair } from "../../support/certificates.js";
import {
  alice,
  type Answer,
  asMember,
  type Body,
  room,
  Service,
  unwrapped,
  VirtualMachine,
  virtualPolicy,
} from "./service.js";

export const contractId = "c1";
export const caller = asMember(alice);
export const machine = new VirtualMachine();
/** A key to certify. */
export const server = makeKeyPair("P-256");

/** What the service tells about an authority. */
interface Status {
  readonly enabled: boolean;
  readonly caCert: string;
  readonly publicKey: string;
  readonly caBundle: string;
  readonly policy: unknown;
}

/** A service with certificate authorities of contracts that trust code on the machine. */
export class Authorities extends Service {
  /** @param at what the clock shows, in milliseconds since 1970; the real time by default */
  constructor(at?: number) {
    super();
    this.ccf.clock = at;
    machine.registerWith(this);
    this.addContract(contractId);
  }

  /** A contract in force, whose authority has no key yet. */
  addContract(id: string): void {
    this.acceptContract(id);
    this.setPolicy(id, virtualPolicy);
    this.enable("1", id);
  }

  enable(requestId: string, id = contractId): void {
    this.ccf.put("public:ccf.gov.ca", id, { enabled: "true", requestId });
  }

  generate(id = contractId, by = caller): Answer {
    return this.call(generateCaSigningKey, { caller: by, params: { contractId: id } });
  }

  status(id = contractId): Status {
    return this.call(getCaStatus, { caller, params: { contractId: id } }).body as unknown as Status;
  }

  ask(content: unknown, id = contractId, evidence = machine.evidence(room)): Answer {
    const body = signedRequest(room, evidence, content);
    return this.call(generateEndorsedCert, { params: { contractId: id }, body });
  }

  /** What comes of a request that is not refused. */
  certified(content: unknown): { readonly certificate: X509Certificate; cert: string; caBundle: string } {
    const answer = this.ask(content);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    const { cert, caBundle } = JSON.parse(unwrapped(answer)) as { cert: string; caBundle: string };
    return { certificate: new X509Certificate(cert), cert, caBundle };
  }
}

/** The same, and the authority has a key. */
export function withKey({ policy, at }: { policy?: object; at?: number } = {}): Authorities {
  const service = new Authorities(at);
  if (policy !== undefined) service.ccf.put("public:ccf.gov.ca_policies", contractId, policy);
  assert.equal(service.generate().status, 200);
  return service;
}

/** The code of a refusal; undefined for a success. */
export const codeOf = ({ body }: Answer): string | undefined => (body as Partial<Body>).error?.code;
