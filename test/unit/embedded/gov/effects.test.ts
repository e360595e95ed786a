import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { decodeCoseSign1, verifyCoseSign1 } from "../../../../sdk/cose.js";
import { adoptCertificates } from "../../../../sandbox/embedded/rpc/gov/index.js";
import * as tables from "../../../../sandbox/embedded/rpc/gov/tables.js";
import { Consortium, makePerson } from "./consortium.js";

describe("what governance does to the node", () => {
  let consortium: Consortium;
  beforeEach(async () => {
    consortium = await Consortium.active();
  });
  afterEach(() => consortium.dissolve());

  it("opens the service, which then vouches for its own key", () => {
    const { ledger, identity } = consortium.node;
    consortium.pass({ name: "open", args: { certificate: identity.service.certificate } });
    const endorsement = tables.identityEndorsement(ledger.store.begin()).get();
    assert.ok(endorsement);
    const message = decodeCoseSign1(Buffer.from(endorsement.endorsement, "base64"));
    const { publicKey } = new X509Certificate(identity.service.certificate);
    assert.ok(verifyCoseSign1(message, publicKey));
    const key = publicKey.export({ type: "spki", format: "der" });
    assert.deepEqual(Buffer.from(message.payload ?? []), key);
    assert.equal(endorsement.endorsing_key, key.toString("base64"));
    assert.equal(endorsement.endorsement_epoch_begin, "2.1");
  });

  it("renews certificates of the same keys, for the time that is asked for", () => {
    const { effects, identity } = consortium.node;
    const service = new X509Certificate(effects.generateNetworkCertificate("20300101000000Z", 10));
    const validity = [service.validFrom, service.validTo];
    assert.deepEqual(validity, ["Jan  1 00:00:00 2030 GMT", "Jan 10 23:59:59 2030 GMT"]);
    assert.ok(service.checkPrivateKey(identity.service.privateKey));
    const node = new X509Certificate(
      effects.generateEndorsedCertificate(identity.node.signingRequest, "20300101000000Z", 1),
    );
    assert.ok(node.checkPrivateKey(identity.node.privateKey));
    assert.ok(node.verify(service.publicKey));
  });

  it("makes no certificate of what is no request or from no time", () => {
    const { effects, identity } = consortium.node;
    assert.throws(
      () => effects.generateEndorsedCertificate("x", "20300101000000Z", 1),
      /^Error: PEM constructed with non-PEM data: x$/,
    );
    assert.throws(
      () => effects.generateEndorsedCertificate(identity.node.signingRequest, "soon", 1),
      /does not match any accepted time format/,
    );
    assert.throws(
      () => effects.generateNetworkCertificate("2025-01-01", 1),
      /does not match any accepted time format/,
    );
  });

  describe("by writing certificates", () => {
    const written = (certificates: { service: string; node: string }) => {
      const { ledger, identity } = consortium.node;
      const tx = ledger.store.begin();
      tables.serviceInfo(tx).set({ cert: certificates.service, status: "Open" });
      tables.nodeCertificates(tx).set(identity.node.id, certificates.node);
      adoptCertificates(tx, identity);
    };

    it("puts them to use if they are for its keys", () => {
      const { effects, identity } = consortium.node;
      const service = effects.generateNetworkCertificate("20300101000000Z", 10);
      const node = effects.generateEndorsedCertificate(identity.node.signingRequest, "20300101000000Z", 10);
      written({ service, node });
      assert.deepEqual([identity.service.certificate, identity.node.certificate], [service, node]);
    });

    it("has no effect if they are for another key, or no certificates", () => {
      const { identity } = consortium.node;
      const before = [identity.service.certificate, identity.node.certificate];
      for (const cert of [makePerson("other").certificatePem, "not a certificate", ""])
        written({ service: cert, node: cert });
      assert.deepEqual([identity.service.certificate, identity.node.certificate], before);
    });
  });
});
