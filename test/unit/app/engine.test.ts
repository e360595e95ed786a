import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { build } from "esbuild";
import { engineOptions } from "../../../scripts/build/engine.js";
import { singletonKey } from "../../../sandbox/embedded/kv/store.js";
import { cleanRoomKey } from "../../../sdk/attested.js";
import { boundRequest, serviceIdentityOf } from "../../../sdk/bound-request.js";
import { CASES, REFUSED } from "../../support/cbor.js";
import { describe as described } from "../../support/guest-handlers.js";
import { Guest, json } from "../embedded/js/guest.js";
import { makeServiceCertificate } from "./bound.js";
import { room } from "./service.js";

const ec = cleanRoomKey(generateKeyPairSync("ec", { namedCurve: "P-256" }));

describe("in the engine of a node", function () {
  this.timeout(30_000);
  let guest: Guest;
  const cert = makeServiceCertificate();

  before(async () => {
    const entryPoints = ["test/support/guest-handlers.ts"];
    const { outputFiles } = await build({ ...engineOptions, entryPoints });
    guest = await Guest.with({ "handlers.js": outputFiles[0]?.text ?? "" });
    guest.write((tx) => {
      const info = Buffer.from(JSON.stringify({ cert, status: "Open" }));
      tx.table("public:ccf.gov.service.info").set(singletonKey, info);
    });
  });

  const decodeAll = (items: readonly string[]): { value?: unknown; error?: string }[] =>
    json(guest.call("handlers.js#decode", { body: JSON.stringify(items) })) as [];

  it("CBOR is read as under Node, text that is not UTF-8 refused", () => {
    const values = decodeAll(CASES.map(([, hex]) => hex));
    for (const [index, [value, hex]] of CASES.entries())
      assert.deepEqual(values[index], { value: described(value) }, hex.slice(0, 40));
    const refusals = decodeAll(REFUSED.map(([hex]) => hex));
    for (const [index, [hex, reason]] of REFUSED.entries())
      assert.match(refusals[index]?.error ?? "", reason, hex);
  });

  it("CBOR nested too deeply does not exhaust the stack", () => {
    const [deepest, deeper] = decodeAll(["81".repeat(99) + "80", "81".repeat(20_000)]);
    assert.equal(deepest?.error, undefined);
    assert.match(deeper?.error ?? "", /more than 100 levels/);
  });

  it("bound requests hold, are signed by the key that is meant, and are carried out once", () => {
    const request = { method: "POST", target: "/app/called?id=ü b", service: serviceIdentityOf(cert) };
    const send = (body: Uint8Array, key = room) =>
      json(
        guest.call("handlers.js#accept", {
          body,
          query: "id=ü b",
          headers: { key: JSON.stringify(key.publicKeyPem) },
          commit: true,
        }),
      );
    for (const key of [room, ec]) {
      const content = { text: "ü\0🗝", list: [1.5, null] };
      const body = boundRequest({ ...request, key, as: { session: "s" }, content });
      const other = key === ec ? room : ec;
      assert.deepEqual(send(body, other), { error: "SignatureMismatch" });
      assert.deepEqual(send(body, key), { value: described({ list: [1.5, null], text: "ü\0🗝" }) });
      assert.deepEqual(send(body, key), { error: "RequestReplayed" });
      const changed = Uint8Array.from(body);
      changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
      assert.deepEqual(send(changed, key), { error: "SignatureMismatch" });
    }
    const old = boundRequest({
      ...request,
      key: ec,
      as: { session: "s" },
      at: new Date(Date.now() - 400_000),
    });
    assert.deepEqual(send(old, ec), { error: "RequestExpired" });
  });
});
