import assert from "node:assert/strict";
import { refusalsOf } from "../../../scripts/build/terms.js";
import { type RefusalCode } from "../../../src/kit/refusals.js";
import { attestedRequest, boundRequest } from "../../../src/schemas/requests.js";
import { type AppEndpoint, appEndpoints } from "../../support/app-endpoints.js";
import {
  alice,
  type Answer,
  asMember,
  assertRefused,
  asToken,
  type Caller,
  invited,
  Service,
} from "./service.js";

const endpoints = await appEndpoints();

/** Enough for every endpoint that takes a body; each ignores what it does not know. */
const body = { contractId: "c1", data: 1, url: "https://issuer.example.com", value: "v" };
const registered = { oid: "u1", tid: "t1" };

describe("every endpoint", () => {
  let service: Service;
  beforeEach(() => {
    service = new Service();
    // whoever has to be known, is; a contract with parties wants that even where others are told
    service.acceptContract("c1", { governance: { parties: [alice, "u1"] } });
    service.addIdentity("u1", { tenantId: "t1" });
  });

  const paramsOf = ({ path }: AppEndpoint): Record<string, string> => {
    const option = path.startsWith("/runtimeoptions") ? "require-bound-requests" : "execution";
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
    const values: Record<string, string> = { contractId: "c1", option };
    return Object.fromEntries(names.map((name) => [name, values[name] ?? "x1"]));
  };
  const call = (endpoint: AppEndpoint, caller: Caller, more: object = {}): Answer =>
    service.call(endpoint.handler, { caller, params: paramsOf(endpoint), body, ...more });
  /** Those that say so of themselves. */
  const refusing = (code: RefusalCode): AppEndpoint[] => {
    const found = endpoints.filter(({ handler }) => refusalsOf(handler.terms).includes(code));
    assert.ok(found.length > 0, code);
    return found;
  };

  it("that is not for everybody refuses strangers", () => {
    for (const endpoint of refusing("UnknownAuthenticationPolicy"))
      assertRefused(call(endpoint, { policy: "no_auth" }), 400, "UnknownAuthenticationPolicy");
  });

  it("that takes tokens takes those of registered users, of their own tenant", () => {
    for (const endpoint of refusing("CallerNotAuthorized"))
      assertRefused(call(endpoint, asToken({ oid: "u2", tid: "t1" })), 403, "CallerNotAuthorized");
    for (const endpoint of refusing("CallerTenantNotAuthorized"))
      assertRefused(call(endpoint, asToken({ oid: "u1", tid: "t2" })), 403, "CallerTenantNotAuthorized");
  });

  it("that takes tokens takes none by a key of no issuer (improvement 8)", () => {
    for (const endpoint of refusing("CallerIssuerNotAuthorized"))
      assertRefused(call(endpoint, asToken(registered, "unconstrained")), 403, "CallerIssuerNotAuthorized");
  });

  it("that takes tokens takes none for another audience than the members have set (improvement 8)", () => {
    service.ccf.put("public:ccf.gov.jwt_audience", new ArrayBuffer(8), "api://consortium");
    for (const endpoint of refusing("TokenAudienceMismatch"))
      assertRefused(call(endpoint, asToken({ ...registered, aud: "api://x" })), 403, "TokenAudienceMismatch");
  });

  it("that changes something refuses members who are not active", () => {
    for (const endpoint of refusing("MemberNotActive"))
      assertRefused(call(endpoint, asMember(invited)), 403, "MemberNotActive");
  });

  it("with an id in its path refuses what is none (improvement 20)", () => {
    for (const endpoint of refusing("InvalidPath")) {
      const params = paramsOf(endpoint);
      for (const name of Object.keys(params).filter((other) => other !== "option"))
        for (const wrong of ["a b", "a/b", "x".repeat(258)]) {
          const changed = { params: { ...params, [name]: wrong } };
          assertRefused(call(endpoint, callerOf(endpoint), changed), 400, "InvalidPath");
        }
    }
  });

  it("with parameters in its query refuses what they cannot be (improvement 24)", () => {
    let refused = 0;
    for (const endpoint of endpoints)
      for (const [name, { refuses }] of Object.entries(endpoint.handler.terms.query ?? {}))
        if (refuses !== undefined) {
          assertRefused(call(endpoint, callerOf(endpoint), { query: `${name}=a/b` }), 400, refuses);
          refused++;
        }
    assert.ok(refused >= 20);
  });

  it("with a body refuses what is no JSON, and what is no object (improvement 24)", () => {
    const taking = endpoints.filter(({ handler: { terms } }) => {
      const { body, bodies = [] } = terms;
      return body ?? (!bodies.includes(boundRequest) && bodies.some((one) => one !== attestedRequest));
    });
    assert.ok(taking.length >= 10);
    for (const endpoint of taking) {
      for (const text of ["", "{", "nonsense"])
        assertRefused(call(endpoint, callerOf(endpoint), { body: text }), 400, "InvalidJson");
      for (const text of ["[1]", '"text"', "null"])
        assertRefused(call(endpoint, callerOf(endpoint), { body: text }), 400, "InvalidBody");
    }
  });

  it("that tells a version says so while the node cannot, and can be asked again", () => {
    const { ccf: node } = service;
    const now = node.version;
    node.version += 100; // what is written then has no view yet
    service.acceptContract("c1", { governance: { parties: [alice] } });
    node.put("public:contracts", "x1", { data: "draft" });
    for (const kind of ["public:documents", "public:user_documents"])
      node.put(kind, "x1", { contractId: "c1", data: "draft" });
    node.put("public:releases", "c1/1", { contractId: "c1", release: 1, item: { kind: "secret", id: "s" } });
    node.put("public:releases.count", "c1", 1);
    node.version = now;
    const attested: readonly unknown[] = [attestedRequest, boundRequest];
    const telling = refusing("ViewNotKnown").filter(
      ({ handler: { terms } }) => !terms.bodies?.some((one) => attested.includes(one)),
    );
    assert.ok(telling.length >= 13);
    for (const endpoint of telling) {
      const drafts = endpoint.name === "PUT /contracts/{contractId}";
      const params = { ...paramsOf(endpoint), ...(drafts && { contractId: "x1" }) };
      const changed = { params, body: { ...body, version: "2.1" } };
      assertRefused(call(endpoint, asMember(alice), changed), 503, "ViewNotKnown");
    }
  });

  it("that lists what can become many is read page by page (improvement 23)", () => {
    const listing = endpoints.filter(({ handler: { terms } }) => {
      const schema = terms.answer?.schema as { type?: string; properties?: object } | undefined;
      return schema?.type === "array" || "nextLink" in (schema?.properties ?? {});
    });
    const paged = listing.filter(({ handler: { terms } }) =>
      ["limit", "max_seqno_per_page"].some((name) => name in (terms.query ?? {})),
    );
    // there are as many platforms as the code knows
    const rest = listing.filter((endpoint) => !paged.includes(endpoint)).map(({ name }) => name);
    assert.deepEqual(rest, ["GET /attestation/platforms"]);
    assert.equal(paged.length, 13);
  });

  /** Somebody who may call it. */
  const callerOf = ({ handler }: AppEndpoint): Caller =>
    refusalsOf(handler.terms).includes("CallerNotAuthorized") ? asMember(alice) : asToken(registered);
});
