import type { Request, Response } from "@microsoft/ccf-app";
import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import {
  attestedRequest,
  type CleanRoomKey,
  type Evidence,
  makeCleanRoomKey,
  unwrap,
  virtualEvidence,
  virtualKeyId,
} from "../../../sdk/attested.js";
import { acceptContract, endContract } from "../../../src/governance/standing.js";
import type { Endpoint } from "../../../src/kit/endpoint.js";
import { assertAsDescribed } from "../../support/answers.js";
import { TestCcf } from "../../support/ccf.js";

/** A caller as CCF describes it to a handler; `undefined`: nobody that CCF knows. */
export type Caller = NonNullable<Request["caller"]>;

interface Call {
  readonly caller?: Caller;
  readonly params?: Record<string, string>;
  readonly query?: string;
  /** Text is sent as it is, bytes as a bound request, anything else as JSON. */
  readonly body?: unknown;
  /** What bound requests are bound to. */
  readonly method?: string;
  readonly url?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Body;
}

/** As a client reads it: whatever an answer may hold, of which each holds a part. */
export interface Body {
  readonly id: string;
  readonly version: string;
  readonly state: string;
  readonly data: unknown;
  readonly finalVotes: unknown;
  readonly value: readonly Entry[];
  readonly nextLink?: string | undefined;
  readonly contract: object;
  readonly contractId: string;
  readonly proposalId: string;
  readonly status: string;
  readonly reason: { readonly code: string; readonly message: string };
  readonly release: number;
  readonly error: { readonly code: string; readonly message: string; readonly details?: readonly Detail[] };
}

/** An entry of a list, of whatever it is a list. */
interface Entry {
  readonly id: string;
  readonly contractId: string;
  readonly scope: string;
  readonly seqno: number;
  readonly timestamp: string;
  readonly timestampIso: string;
  readonly data: unknown;
  readonly transactionId: string;
  readonly record: { readonly release: number; readonly contractVersion: string };
  readonly trusted: boolean;
  readonly keys: readonly { readonly keyId: string; readonly publicKey: string }[];
}

interface Detail {
  readonly code: string;
  readonly message: string;
  readonly claim: string;
  readonly presented: string;
}

export const asMember = (id: string): Caller => ({ policy: "member_cert", id, cert: "", data: {} });
export const asUser = (id: string): Caller => ({ policy: "user_cert", id, cert: "", data: {} });
/** Who has a token; its key is registered for the only issuer of these tests. */
export const asToken = (payload: object, kid = "constrained"): Caller => ({
  policy: "jwt",
  jwt: { keyIssuer: tokenIssuer, header: { kid }, payload: { iss: tokenIssuer, ...payload } },
});
export const tokenIssuer = "https://id.example.com";

/** Three active members, and one that has not acknowledged the state of the service. */
export const [alice, bob, carol, invited] = ["a", "b", "c", "d"].map((letter) => letter.repeat(64)) as [
  string,
  string,
  string,
  string,
];

/** The endpoints of the service over tables in memory, and short words for what the members have voted. */
export class Service {
  readonly ccf = new TestCcf().install();

  constructor() {
    for (const member of [alice, bob, carol]) {
      this.ccf.put("public:ccf.gov.members.info", member, { status: "Active" });
    }
    this.ccf.put("public:ccf.gov.members.info", invited, { status: "Accepted" });
    const keys = "public:ccf.gov.jwt.public_signing_keys_metadata_v2";
    this.ccf.put(keys, "constrained", [
      { issuer: "https://other.example.com", public_key: "" },
      { issuer: tokenIssuer, constraint: tokenIssuer, public_key: "" },
    ]);
    this.ccf.put(keys, "unconstrained", [
      { issuer: "https://other.example.com", constraint: "https://other.example.com", public_key: "" },
      { issuer: tokenIssuer, public_key: "" },
    ]);
  }

  /** Reads a list page by page, and says what is on each. */
  pages(handler: Endpoint, call: Call): Body["value"][] {
    const pages: Body["value"][] = [];
    for (let query: string | undefined = call.query ?? ""; query !== undefined;) {
      const { value, nextLink }: Body = this.call(handler, { ...call, query }).body;
      pages.push(value);
      query = nextLink && decodeURIComponent(nextLink.split("?")[1] ?? ""); // as CCF does
    }
    return pages;
  }

  /** Calls an endpoint's function as one transaction, dropped like CCF does unless the answer is a success. */
  call(handler: Endpoint, call: Call = {}): Answer {
    const { caller, params = {}, query = "", body, method = "POST", url = "" } = call;
    const bound = body instanceof Uint8Array;
    const text = typeof body === "string" ? body : body === undefined || bound ? "" : JSON.stringify(body);
    const request = {
      ...(caller === undefined ? {} : { caller }),
      method,
      url,
      params,
      query,
      headers: bound ? { "content-type": "application/cose" } : {},
      body: {
        text: () => text,
        json: () => JSON.parse(text) as unknown,
        arrayBuffer: () => (bound ? new Uint8Array(body).buffer : ccf.strToBuf(text)),
      },
    } as unknown as Request;
    class Dropped extends Error {}
    let response: Response | undefined;
    try {
      this.ccf.claimsDigest = undefined;
      this.ccf.run("application", () => {
        response = handler(request);
        if ((response.statusCode ?? 200) >= 300) throw new Dropped();
      });
    } catch (error) {
      if (!(error instanceof Dropped)) throw error;
    }
    const { statusCode = 200, headers = {}, body: content } = response as unknown as Response<object>;
    const sent: unknown = content === undefined ? undefined : JSON.parse(JSON.stringify(content));
    assertAsDescribed(handler, statusCode, sent);
    return { status: statusCode, headers, body: sent as Body };
  }

  acceptContract(id: string, data: unknown = "the contract", more: { readonly expires?: string } = {}): void {
    this.ccf.run("governance", () => {
      acceptContract(id, { data, ...more, proposalId: "p1", finalVotes: { [alice]: true, [bob]: true } });
    });
  }

  endContract(id: string, proposalId: string): void {
    this.ccf.run("governance", () => {
      endContract(id, proposalId);
    });
  }

  /** Registers a user by token. */
  addIdentity(id: string, data: object = { tenantId: "t1" }): void {
    this.ccf.put("public:ccf.gov.user_identities", id, { accountType: "microsoft", data });
  }

  setPolicy(contractId: string, policy: object): void {
    this.ccf.put("public:ccf.gov.clean_room_policies", contractId, policy);
  }

  propose(proposalId: string, ...actions: readonly { name: string; args: object }[]): void {
    this.ccf.put("public:ccf.gov.proposals", proposalId, { actions });
    this.ccf.put("public:ccf.gov.proposals_info", proposalId, { state: "Open", proposer_id: alice });
  }
}

/** A machine without attestation hardware: its key, once the members have registered it, speaks for what runs there. */
export class VirtualMachine {
  readonly key: KeyObject = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  readonly keyId = virtualKeyId(this.key);

  registerWith({ ccf }: Service): void {
    const spki = { type: "spki", format: "pem" } as const;
    const publicKey = createPublicKey(this.key).export(spki);
    ccf.put("public:ccf.gov.virtual_attestation_keys", this.keyId, { publicKey });
  }

  evidence(room: CleanRoomKey, claims: Partial<Parameters<typeof virtualEvidence>[1]> = {}): Evidence {
    return virtualEvidence(
      this.key,
      { "virtual-hostdata": hostData, "virtual-svn": 3, "virtual-is-debuggable": false, ...claims },
      room.publicKeyPem,
    );
  }
}

/** What the policy of these tests accepts. */
export const hostData = "ab".repeat(32);
export const virtualPolicy = { policyType: "virtual", alternatives: [{ "virtual-hostdata": [hostData] }] };

/** One RSA key for all tests, since making one takes a while. */
export const room = makeCleanRoomKey();
export const otherRoom = makeCleanRoomKey();

export const asking = (evidence: Evidence, key: CleanRoomKey = room): ReturnType<typeof attestedRequest> =>
  attestedRequest(key, evidence);

/** What a release holds, opened with the key to which it is wrapped. */
export function unwrapped({ body }: Answer, privateKey = room.privateKey): string {
  const { value } = body as unknown as { value: string };
  return unwrap(Buffer.from(value, "base64"), privateKey).toString();
}

/** Asserts a refusal: status, code, a message for people, and that nothing was written. */
export function assertRefused(answer: Answer, status: number, code: string, detail?: string): void {
  const { error } = answer.body as Partial<Body>;
  assert.deepEqual([answer.status, error?.code], [status, code]);
  assert.ok(error !== undefined && error.message.length > 10);
  if (detail !== undefined) assert.equal(error.details?.[0]?.code, detail);
}
