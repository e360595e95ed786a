import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { genesis, makeNodeEncryptionKey, type GenesisOptions } from "../../../../sandbox/embedded/genesis.js";
import { Store, type WriteSet } from "../../../../sandbox/embedded/kv/store.js";
import { decodeEntry } from "../../../../sandbox/embedded/ledger/entry.js";
import { Identity } from "../../../../sandbox/embedded/tls/identity.js";

const recorded = new URL(
  "../../../../../shared/fixtures/ledger/service/ledger/ledger_1-21.committed",
  import.meta.url,
);

/** By table and key, the values as text. */
type Contents = Record<string, Record<string, string>>;

function contentsOf(writeSet: WriteSet): Contents {
  return Object.fromEntries(
    writeSet.map(({ table, changes }) => [
      table,
      Object.fromEntries(
        changes.map(({ key, value }) => [Buffer.from(key).toString(), Buffer.from(value ?? []).toString()]),
      ),
    ]),
  );
}

const single = "\0".repeat(8);

describe("the first transaction", () => {
  const directory = mkdtempSync(join(tmpdir(), "genesis-"));
  let nodeEncryptionKey: string;
  let identity: Identity;
  before(async () => {
    nodeEncryptionKey = await makeNodeEncryptionKey();
    identity = Identity.create(directory, {
      validFrom: new Date(),
      serviceValidityDays: 90,
      nodeValidityDays: 1,
      alternativeNames: ["127.0.0.1", "localhost"],
    });
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });

  function found(options: Partial<GenesisOptions>): Contents {
    const tx = new Store().begin();
    genesis(
      tx,
      {
        members: [],
        constitution: "",
        configuration: { recovery_threshold: 1 },
        nodeEncryptionKey,
        rpcInterfaces: {
          primary: {
            bind_address: "127.0.0.1:9503",
            max_open_sessions_hard: 1010,
            max_open_sessions_soft: 1000,
            published_address: "127.0.0.1:9503",
          },
        },
        nodeToNodeAddress: "127.0.0.1:9504",
        ...options,
      },
      identity,
    );
    return contentsOf(tx.writeSet() ?? []);
  }

  it("is the one a real node wrote, but for the keys", function () {
    if (!existsSync(recorded)) {
      console.warn(`skipped: there is no recorded ledger at ${recorded.pathname}`);
      this.skip();
    }
    const entry = readFileSync(recorded).subarray(8);
    const real = contentsOf(decodeEntry(entry.subarray(0, 8 + entry.readUIntLE(2, 6))).publicTables);
    const certificates = Object.entries(real["public:ccf.gov.members.certs"] ?? {});
    const encryptionKeys = real["public:ccf.gov.members.encryption_public_keys"] ?? {};
    const ours = found({
      members: certificates.map(([id, certificate]) => {
        const encryptionPublicKey = encryptionKeys[id];
        return { certificate, ...(encryptionPublicKey === undefined ? {} : { encryptionPublicKey }) };
      }),
      constitution: JSON.parse(real["public:ccf.gov.constitution"]?.[single] ?? "") as string,
      configuration: {
        maximum_node_certificate_validity_days: 365,
        maximum_service_certificate_validity_days: 365,
        recovery_threshold: 1,
      },
    });
    assert.deepEqual(Object.keys(ours), Object.keys(real));
    const ofKeys = ["service.info", "nodes.info", "nodes.endorsed_certificates", "nodes.virtual.host_data"];
    for (const table of Object.keys(real).filter((name) => !ofKeys.some((one) => name.endsWith(one))))
      assert.deepEqual(ours[table], real[table], table);

    const hidden = [/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g, /"quote":"[^"]+"/g];
    const shape = (contents: Contents, table: string) =>
      hidden.reduce(
        (text, secret) => text.replaceAll(secret, "..."),
        Object.values(contents[`public:ccf.gov.${table}`] ?? {}).join(),
      );
    for (const table of ["service.info", "nodes.info"]) assert.equal(shape(ours, table), shape(real, table));
  });

  it("records what members bring along", () => {
    const certificate = identity.service.certificate;
    const id = new X509Certificate(certificate).fingerprint256.replaceAll(":", "").toLowerCase();
    const contents = found({
      members: [{ certificate, data: { name: "one" }, recoveryRole: "NonParticipant" }],
    });
    assert.equal(
      contents["public:ccf.gov.members.info"]?.[id],
      '{"member_data":{"name":"one"},"recovery_role":"NonParticipant","status":"Accepted"}',
    );
    assert.equal(contents["public:ccf.gov.members.encryption_public_keys"], undefined);
  });

  it("trusts the node whose key is in its certificate", () => {
    const contents = found({ nodeData: { rack: 1 } });
    const info = JSON.parse(contents["public:ccf.gov.nodes.info"]?.[identity.node.id] ?? "") as Record<
      string,
      unknown
    >;
    const certificate = contents["public:ccf.gov.nodes.endorsed_certificates"]?.[identity.node.id] ?? "";
    assert.equal(
      info.public_key,
      new X509Certificate(certificate).publicKey.export({ type: "spki", format: "pem" }),
    );
    assert.deepEqual([info.status, info.node_data], ["Trusted", { rack: 1 }]);
  });

  it("needs an interface", () => {
    assert.throws(() => found({ rpcInterfaces: {} }), RangeError);
  });
});
