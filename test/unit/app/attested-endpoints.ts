import { generateKeyPairSync } from "node:crypto";
import { makeServiceCertificate } from "./bound.js";
import { machine, query, requestKey } from "./issuer.js";
import {
  attestedRequest,
  cleanRoomKey,
  type CleanRoomKey,
  type Evidence,
  signedRequest,
} from "../../../sdk/attested.js";
import { boundRequest, type BoundRequestOptions, serviceIdentityOf } from "../../../sdk/bound-request.js";
import { targetAsSeen } from "../../../sdk/path.js";
import { generateCaSigningKey } from "../../../src/endpoints/ca.js";
import { generateTokenKey } from "../../../src/endpoints/oidc.js";
import { putContractSecret } from "../../../src/endpoints/secrets.js";
import { generatePayloadKey } from "../../../src/endpoints/signing.js";
import type { AnyTerms } from "../../../src/kit/endpoint.js";
import type { AppEndpoint } from "../../support/app-endpoints.js";
import { makeKeyPair } from "../../support/certificates.js";
import { singleKey } from "../../support/ccf.js";
import { alice, type Answer, asMember, room, Service, virtualPolicy } from "./service.js";

export { machine };

/** How attested code calls an endpoint so that it succeeds, in either form. */
interface Attested {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: () => string;
  /** What a JSON request signs; left out where it signs nothing. */
  readonly signed?: object;
  /** What stands in a JSON request beside that. */
  readonly plain?: object;
  /** The content of a bound request, if it is another one. */
  readonly content?: Readonly<Record<string, unknown>>;
  /** There is no JSON form. */
  readonly boundOnly?: true;
}

const claims = { "virtual-hostdata": ["cd".repeat(32)] };
const certificate = { publicKey: makeKeyPair("P-256").publicKeyPem, subjectName: "CN=room" };
const event = { n: 1 };
const payload = Buffer.from("sign this").toString("base64");
const document = { documentId: "d1" };
const base = "/contracts/{contractId}";

/** By method and path, all of them. */
export const attested: Readonly<Record<string, Attested>> = {
  [`POST ${base}/runtimeoptions/{option}/status`]: { params: { option: "execution" } },
  [`PUT ${base}/cleanroompolicy/delegates/{delegateType}/{delegateId}`]: {
    params: { delegateType: "events", delegateId: "writer" },
    signed: { type: "add", policyType: "virtual", claims },
  },
  [`PUT ${base}/events`]: { signed: event, content: { data: event, timestamp: "1" } },
  [`PUT ${base}/secrets/{secretName}`]: { params: { secretName: "model" }, signed: { value: "weights" } },
  [`POST ${base}/secrets/{secretName}`]: { params: { secretName: `${alice}_key` } },
  [`POST ${base}/ca/generateEndorsedCert`]: { signed: certificate },
  [`POST ${base}/memberdocuments/accepted/{documentId}`]: { params: document },
  [`POST ${base}/userdocuments/accepted/{documentId}`]: { params: document },
  [`POST ${base}/userdocuments/{documentId}/runtimeoptions/{option}/status`]: {
    params: { ...document, option: "telemetry" },
  },
  [`POST ${base}/oauth/token`]: { query },
  [`POST ${base}/signing/sign`]: { plain: { payload }, content: { payload } },
  ["POST /attestation/sessions"]: { boundOnly: true },
  ["POST /attestation/secrets"]: {
    content: { contractId: "c1", secretId: `${alice}_key` },
    boundOnly: true,
  },
};

const serviceCertificate = makeServiceCertificate();

/** A contract in force under which code on the machine gets whatever there is. */
export function inFullForce(): Service {
  const service = new Service();
  const [caller, params] = [asMember(alice), { contractId: "c1" }];
  machine.registerWith(service);
  service.acceptContract("c1");
  service.setPolicy("c1", virtualPolicy);
  service.ccf.put("public:ccf.gov.service.info", singleKey, { status: "Open", cert: serviceCertificate });
  service.ccf.put("public:ccf.gov.ca", "c1", { enabled: "true", requestId: "1" });
  service.call(generateCaSigningKey, { caller, params });
  requestKey(service, "1");
  service.call(generateTokenKey, { caller });
  service.ccf.putText("public:ccf.gov.oidc_issuer", "issuerUrl", "https://issuer.example.com");
  requestKey(service, "1", "public:ccf.gov.signing");
  service.call(generatePayloadKey, { caller });
  const secret = { caller, params: { ...params, secretName: "key" }, body: { value: "swordfish" } };
  service.call(putContractSecret, secret);
  const accepted = { contractId: "c1", data: "text", proposalId: "p1" };
  service.ccf.put("public:ccf.gov.accepted_member_documents", "d1", { ...accepted, finalVotes: {} });
  const approvers = [{ approverId: alice, approverIdType: "member" }];
  const byUsers = { ...accepted, proposerId: alice, approvers, finalVotes: [] };
  service.ccf.put("public:accepted_user_documents", "d1", byUsers);
  return service;
}

/** A key of code that can sign, but to which nothing can be wrapped. */
export const ecRoom = cleanRoomKey(generateKeyPairSync("ec", { namedCurve: "P-256" }));

export const evidenceOf = (key: CleanRoomKey): Evidence => machine.evidence(key);

/** An endpoint as attested code calls it. */
export class AttestedEndpoint {
  readonly name: string;
  readonly #endpoint: AppEndpoint;
  readonly #attested: Attested;
  readonly #query: string;
  readonly #target: string;

  constructor(endpoint: AppEndpoint) {
    this.name = endpoint.name;
    this.#endpoint = endpoint;
    this.#attested = attested[endpoint.name] ?? {};
    this.#query = this.#attested.query?.() ?? "";
    const params = this.#params();
    const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? "");
    this.#target = `/app${path}${this.#query && `?${this.#query}`}`;
  }

  get terms(): AnyTerms {
    return this.#endpoint.handler.terms;
  }

  get boundOnly(): boolean {
    return this.#attested.boundOnly ?? false;
  }

  /** What a sidecar sends as JSON. */
  json(evidence = evidenceOf(room), key = room): object {
    const { signed, plain } = this.#attested;
    const body = signed === undefined ? attestedRequest(key, evidence) : signedRequest(key, evidence, signed);
    return { ...body, ...plain };
  }

  /** A bound request, but for the changes. */
  bound(changes: Partial<BoundRequestOptions> = {}): Uint8Array {
    const { signed, content = signed } = this.#attested;
    return boundRequest({
      method: this.#endpoint.method,
      target: this.#target,
      service: serviceIdentityOf(serviceCertificate),
      key: room,
      as: { evidence: evidenceOf(changes.key ?? room) },
      ...(content !== undefined && { content: content as Record<string, unknown> }),
      ...changes,
    });
  }

  send(service: Service, body: unknown): Answer {
    const { handler, method } = this.#endpoint;
    const request = { params: this.#params(), query: this.#query, method, url: targetAsSeen(this.#target) };
    return service.call(handler, { caller: { policy: "no_auth" }, ...request, body });
  }

  #params(): Record<string, string> {
    return { contractId: "c1", ...this.#attested.params };
  }
}
