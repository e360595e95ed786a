import { generateKeyPairSync } from "node:crypto";
import type { Network } from "../../sandbox/network.js";
import { attestedRequest, makeCleanRoomKey, signedRequest, virtualEvidence } from "../../sdk/attested.js";
import { BOUND_REQUEST_TYPE, boundRequest, serviceIdentityOf } from "../../sdk/bound-request.js";
import { CleanRoom } from "../../sdk/clean-room.js";
import { ContractClient } from "../../sdk/contract.js";
import { generateTokenKey, tokenQuery } from "../../sdk/token.js";
import { openedSession } from "../../src/schemas/answers/sessions.js";
import type { BenchRequest } from "./measure.js";

/** The kind of request with which the others are compared: like them, its path has a part that varies. */
export const EMPTY = "empty handler";

const CONTRACT = "bench";
/** More of the requests that count only once than any engine carries out on such a machine. */
const MOST_PER_SECOND = 1200;
/** Actions of one proposal. */
const CONTRACTS_PER_VOTE = 200;
const EVENTS_AT_ONCE = 8;

const claims = { "virtual-measurement": "00".repeat(32), "virtual-is-debuggable": false };

/** A contract with all that requests are about, and as many others beside it as wanted. */
export class Scene {
  readonly #net: Network;
  readonly #attester = generateKeyPairSync("ec", { namedCurve: "P-256" });
  readonly #key = makeCleanRoomKey();
  readonly #evidence = virtualEvidence(this.#attester.privateKey, claims, this.#key.publicKeyPem);
  #secretId = "";
  #size = 1;

  private constructor(net: Network) {
    this.#net = net;
  }

  static async found(net: Network): Promise<Scene> {
    const scene = new Scene(net);
    const public_key = scene.#attester.publicKey.export({ type: "spki", format: "pem" });
    await net.pass(acceptance(CONTRACT));
    await net.pass(
      { name: "set_virtual_attestation_key", args: { public_key } },
      {
        name: "set_clean_room_policy",
        args: { contractId: CONTRACT, type: "add", policyType: "virtual", claims },
      },
      { name: "enable_oidc_issuer", args: { kid: CONTRACT } },
      { name: "set_oidc_issuer_url", args: { issuer_url: "https://issuer.example.com" } },
      { name: "enable_ca", args: { contractId: CONTRACT } },
    );
    await generateTokenKey(net.as(net.members[0]));
    await scene.#contract.generateCaKey();
    scene.#secretId = await scene.#contract.putSecret("key", "x".repeat(44));
    return scene;
  }

  get #contract(): ContractClient {
    return new ContractClient(this.#net.as(this.#net.members[0]), CONTRACT);
  }

  /** Has so many contracts accepted, and so many events written. */
  async grow(size: number, progress: (text: string) => void): Promise<void> {
    const room = new CleanRoom(this.#net.client, CONTRACT, this.#key, this.#evidence);
    while (this.#size < size) {
      const next = Math.min(size, this.#size + CONTRACTS_PER_VOTE);
      const numbers = Array.from({ length: next - this.#size }, (_, index) => this.#size + index);
      await this.#net.pass(...numbers.map((number) => acceptance(`bench-${number}`)));
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

  /** Every kind of request, made when it is about to be measured. */
  get requests(): Readonly<Record<string, (seconds: number) => BenchRequest | Promise<BenchRequest>>> {
    const [member] = this.#net.members;
    const caller = { cert: member.certificatePem, key: member.privateKeyPem };
    const path = `/app/contracts/${CONTRACT}`;
    const secret = `${path}/secrets/${this.#secretId}`;
    const json = JSON.stringify(attestedRequest(this.#key, this.#evidence));
    const asked = { subject: CONTRACT, audience: "api://bench", tenantId: "bench", lifetime: 3000 };
    const token = `${path}/oauth/token${tokenQuery(asked)}`;
    const certified = generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey;
    const certificate = {
      publicKey: certified.export({ type: "spki", format: "pem" }),
      subjectName: "CN=bench.example.com",
      subjectAlternateNames: ["dNSName:bench.example.com"],
      validityPeriodDays: 10,
    };
    return {
      "empty handler, fixed path": () => ({ method: "POST", path: "/app/bench/empty" }),
      [EMPTY]: () => ({ method: "POST", path: "/app/bench/empty/x" }),
      "read a contract": () => ({ method: "POST", path, ...caller }),
      "write an event, JSON": (seconds) => ({
        method: "PUT",
        path: `${path}/events`,
        body: onePerRequest((n) => JSON.stringify(signedRequest(this.#key, this.#evidence, { n })), seconds),
      }),
      "write an event, session": (seconds) =>
        this.#inSession("PUT", `${path}/events`, seconds, (n) => ({
          data: { n },
          timestamp: String(Date.now()),
        })),
      "release a secret, JSON": () => ({ method: "POST", path: secret, body: json }),
      "release a secret, session": (seconds) => this.#inSession("POST", secret, seconds),
      "release a token, session": (seconds) => this.#inSession("POST", token, seconds),
      "release a certificate, session": (seconds) =>
        this.#inSession("POST", `${path}/ca/generateEndorsedCert`, seconds, () => certificate),
    };
  }

  /** Bound requests in a session that is opened for them. */
  async #inSession(
    method: string,
    path: string,
    seconds: number,
    content?: (n: number) => Readonly<Record<string, unknown>>,
  ): Promise<BenchRequest> {
    const service = serviceIdentityOf(this.#net.workspace.serviceCertificatePem);
    const request = { service, key: this.#key };
    const opening = { method: "POST", target: "/app/attestation/sessions", as: { evidence: this.#evidence } };
    const opened = await this.#net.client.request("POST", opening.target, {
      body: boundRequest({ ...request, ...opening }),
      contentType: BOUND_REQUEST_TYPE,
    });
    const as = { session: opened.as(openedSession).session };
    const body = onePerRequest((n) => {
      const asked = content && { content: content(n) };
      return Buffer.from(boundRequest({ ...request, method, target: path, as, ...asked })).toString("base64");
    }, seconds);
    return { method, path, body, contentType: BOUND_REQUEST_TYPE };
  }
}

/** What differs from request to request is made beforehand, since none is accepted twice. */
function onePerRequest(make: (n: number) => string, seconds: number): string[] {
  return Array.from({ length: MOST_PER_SECOND * (seconds + 1) }, (_, n) => make(n));
}

const acceptance = (contractId: string) => ({
  name: "set_contract",
  args: { contractId, contract: { data: { text: "x".repeat(2000) } } },
});
