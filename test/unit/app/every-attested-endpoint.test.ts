import assert from "node:assert/strict";
import { refusalsOf } from "../../../scripts/build/terms.js";
import type { RefusalCode } from "../../../src/kit/refusals.js";
import { attestedRequest, boundRequest } from "../../../src/schemas/requests.js";
import { appEndpoints } from "../../support/app-endpoints.js";
import { attested, AttestedEndpoint, evidenceOf, inFullForce } from "./attested-endpoints.js";
import { attestedRefusals, type Refused } from "./attested-refusals.js";
import { assertRefused, otherRoom, type Service } from "./service.js";

describe("every endpoint that attested code calls", () => {
  let service: Service;
  let endpoints: readonly AttestedEndpoint[];
  let sessions: AttestedEndpoint | undefined;
  before(async () => {
    const all = await appEndpoints();
    const named = all.filter(({ name }) => name in attested);
    const taking = all.filter(({ handler }) =>
      handler.terms.bodies?.some((one) => one === attestedRequest || one === boundRequest),
    );
    assert.deepEqual(named, taking);
    assert.equal(named.length, Object.keys(attested).length);
    endpoints = named.map((endpoint) => new AttestedEndpoint(endpoint));
    sessions = endpoints.find(({ name }) => name === "POST /attestation/sessions");
    service = inFullForce();
  });
  beforeEach(() => service.ccf.install());

  /** Has whatever was written forgotten. */
  function undone(run: () => void): void {
    class Undone extends Error {}
    assert.throws(
      () =>
        service.ccf.run("application", () => {
          run();
          throw new Undone();
        }),
      Undone,
    );
  }

  it("takes what sidecars send as JSON, but for those that sidecars do not know", () => {
    for (const endpoint of endpoints)
      undone(() => {
        const answer = endpoint.send(service, endpoint.json());
        if (endpoint.boundOnly) assertRefused(answer, 400, "BoundRequestRequired");
        else assert.ok(answer.status < 300, `${endpoint.name}: ${JSON.stringify(answer.body)}`);
      });
  });

  it("takes bound requests with evidence, and in a session (improvements 2 and 7)", () => {
    for (const endpoint of endpoints)
      undone(() => {
        assert.ok(endpoint.send(service, endpoint.bound()).status < 300, endpoint.name);
        if (endpoint === sessions) return;
        const opened = sessions?.send(service, sessions.bound()).body as unknown as { session: string };
        const answer = endpoint.send(service, endpoint.bound({ as: opened }));
        assert.ok(answer.status < 300, `${endpoint.name}: ${JSON.stringify(answer.body)}`);
      });
  });

  it("takes signed JSON only if the key that its evidence binds has signed it (improvement 1)", () => {
    const signing = endpoints.filter((endpoint) => "sign" in endpoint.json());
    assert.equal(signing.length, 4);
    for (const endpoint of signing) {
      const { sign, data } = endpoint.json(evidenceOf(otherRoom), otherRoom) as Record<string, unknown>;
      assertRefused(endpoint.send(service, { ...endpoint.json(), sign, data }), 400, "ReportDataMismatch");
    }
  });

  it("takes signed JSON once, whatever is changed beside what is signed (improvement 2)", () => {
    for (const endpoint of endpoints.filter((one) => "sign" in one.json()))
      undone(() => {
        const body = endpoint.json();
        assert.ok(endpoint.send(service, body).status < 300, endpoint.name);
        assertRefused(endpoint.send(service, { ...body, timestamp: "7" }), 409, "RequestReplayed");
      });
  });

  for (const [code, refuse] of Object.entries(attestedRefusals) as [RefusalCode, Refused][])
    it(`refuses with ${code}, if it says so`, () => {
      const saying = endpoints.filter(({ terms }) => refusalsOf(terms).includes(code));
      assert.ok(saying.length > 0);
      for (const endpoint of saying)
        undone(() => {
          const { status, body } = refuse(endpoint, service);
          const { error } = body as Partial<typeof body>;
          assert.deepEqual([error?.code, status >= 400], [code, true], endpoint.name);
        });
    });
});
