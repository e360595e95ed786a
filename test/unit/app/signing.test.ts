import assert from "node:assert/strict";
import { constants, createHash, verify } from "node:crypto";
import { putDelegate } from "../../../src/endpoints/delegates.js";
import { disableOption } from "../../../src/endpoints/execution.js";
import { listReleases } from "../../../src/endpoints/releases.js";
import { generatePayloadKey, getSigningInfo, postSign } from "../../../src/endpoints/signing.js";
import { type Evidence, signedRequest } from "../../../sdk/attested.js";
import { contractId, inForce, machine, requestKey } from "./issuer.js";
import {
  alice,
  type Answer,
  asking,
  asMember,
  assertRefused,
  asToken,
  asUser,
  bob,
  invited,
  otherRoom,
  room,
  Service,
  unwrapped,
} from "./service.js";

const settings = "public:ccf.gov.signing";
const text = "sign this";
const payload = Buffer.from(text).toString("base64");

const generate = (service: Service, caller = asMember(alice)): Answer =>
  service.call(generatePayloadKey, { caller });

interface Info {
  readonly enabled: boolean;
  readonly publicKeyPem: string;
  readonly kid?: string;
  readonly mode?: string;
  readonly previousKeys: readonly {
    readonly kid: string;
    readonly mode: string;
    readonly publicKeyPem: string;
  }[];
}
const info = (service: Service, caller = asMember(alice)): Info =>
  service.call(getSigningInfo, { caller }).body as unknown as Info;

/** What the members vote: a key, which signs this way. */
function request(service: Service, reqId: string, mode?: "contract" | "raw"): void {
  requestKey(service, reqId, settings);
  if (mode !== undefined) service.ccf.putText(settings, "mode", mode);
}

/** A contract in force, and the service signs. */
function signing(mode?: "contract" | "raw"): Service {
  const service = inForce();
  request(service, "1", mode);
  generate(service);
  return service;
}

const ask = (
  service: Service,
  changes: object = { payload },
  {
    evidence = machine.evidence(room),
    contract = contractId,
  }: { evidence?: Evidence; contract?: string } = {},
): Answer =>
  service.call(postSign, { params: { contractId: contract }, body: { ...asking(evidence), ...changes } });

const signatureIn = (answer: Answer): Buffer => {
  const base64 = unwrapped(answer);
  const signature = Buffer.from(base64, "base64");
  assert.equal(signature.toString("base64"), base64);
  return signature;
};

/** RSASSA-PSS, SHA-256, salt of 32 bytes. */
const holds = (publicKeyPem: string, signature: Buffer, content: string): boolean =>
  verify(
    "sha256",
    Buffer.from(content),
    { key: publicKeyPem, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
    signature,
  );

const inDomain = (content: string, contract = contractId): string =>
  `consortium-ledger signing v1\0${contract}\0${content}`;

describe("the keys that sign payloads", () => {
  it("are not there before the members have voted, and a member has one generated", () => {
    const service = new Service();
    assert.deepEqual(info(service), { enabled: false, publicKeyPem: "", previousKeys: [] });
    assertRefused(generate(service), 405, "SigningNotEnabled");
    request(service, "1");
    assert.deepEqual(info(service), { enabled: true, publicKeyPem: "", previousKeys: [] });
    assert.deepEqual(generate(service).body, { reqId: "1", kid: "base-1" });
    const { publicKeyPem, ...rest } = info(service);
    assert.deepEqual(rest, { enabled: true, kid: "base-1", mode: "contract", previousKeys: [] });
    assert.match(publicKeyPem, /^-----BEGIN PUBLIC KEY-----/);
    assert.deepEqual(generate(service, asMember(bob)).body, { reqId: "1", kid: "base-1" });
    assert.equal(info(service).publicKeyPem, publicKeyPem);
  });

  it("are made by active members, and shown to members and users", () => {
    const service = signing();
    assertRefused(generate(service, asMember(invited)), 403, "MemberNotActive");
    assertRefused(generate(service, asUser(alice)), 403, "CallerNotAuthorized");
    assert.equal(info(service, asMember(invited)).kid, "base-1");
    assert.equal(info(service, asUser(alice)).kid, "base-1");
    const stranger = asToken({ oid: "o", tid: "t" });
    assertRefused(service.call(getSigningInfo, { caller: stranger }), 403, "CallerNotAuthorized");
  });

  it("sign no more after a rotation, but still verify what they signed (improvement 17)", () => {
    const service = signing();
    const first = info(service).publicKeyPem;
    const signature = signatureIn(ask(service));
    request(service, "2");
    // the old key goes on until the new one is there
    assert.ok(holds(first, signatureIn(ask(service)), inDomain(text)));
    assert.deepEqual(generate(service).body, { reqId: "2", kid: "base-2" });
    const { publicKeyPem, previousKeys } = info(service);
    assert.notEqual(publicKeyPem, first);
    assert.deepEqual(previousKeys, [{ kid: "base-1", mode: "contract", publicKeyPem: first }]);
    assert.ok(holds(previousKeys[0]?.publicKeyPem ?? "", signature, inDomain(text)));
    const newer = signatureIn(ask(service));
    assert.ok(holds(publicKeyPem, newer, inDomain(text)));
    assert.ok(!holds(first, newer, inDomain(text)));
    const kept = service.ccf.get("public:signing.previous_keys", "base-1") as object;
    assert.deepEqual(Object.keys(kept).sort(), ["mode", "publicKey"]);
  });
});

describe("signing for attested code", () => {
  it("signs in the domain of the contract, so that no other contract signs the same (improvement 18)", () => {
    const service = signing();
    service.acceptContract("c2");
    service.setPolicy("c2", { policyType: "virtual", alternatives: [{ "virtual-svn": [3] }] });
    const { publicKeyPem } = info(service);
    const [mine, theirs] = [contractId, "c2"].map((contract) =>
      signatureIn(ask(service, { payload }, { contract })),
    ) as [Buffer, Buffer];
    assert.ok(holds(publicKeyPem, mine, inDomain(text)));
    assert.ok(holds(publicKeyPem, theirs, inDomain(text, "c2")));
    assert.ok(!holds(publicKeyPem, theirs, inDomain(text)));
    assert.ok(!holds(publicKeyPem, mine, text));
  });

  it("signs the payload as it is where the members chose that, by keys of their own (improvement 18)", () => {
    const service = signing("raw");
    assert.equal(info(service).mode, "raw");
    assert.ok(holds(info(service).publicKeyPem, signatureIn(ask(service)), text));
    service.ccf.putText(settings, "mode", "contract");
    // a key that has signed whatever it was given never signs in a domain
    assert.ok(holds(info(service).publicKeyPem, signatureIn(ask(service)), text));
    request(service, "2");
    generate(service);
    const { mode, publicKeyPem, previousKeys } = info(service);
    assert.equal(mode, "contract");
    assert.equal(previousKeys[0]?.mode, "raw");
    assert.ok(holds(publicKeyPem, signatureIn(ask(service)), inDomain(text)));
  });

  it("signs bytes of any kind and length", () => {
    const service = signing("raw");
    const { publicKeyPem } = info(service);
    for (const bytes of [Buffer.from([0]), Buffer.from([0, 255, 10, 128]), Buffer.alloc(100_000, 7)]) {
      const signature = signatureIn(ask(service, { payload: bytes.toString("base64url") }));
      const key = { key: publicKeyPem, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
      assert.ok(verify("sha256", bytes, key, signature));
    }
  });

  it("is a release, recorded by the digest of what was signed (improvement 27)", () => {
    const service = signing();
    assert.equal(ask(service).body.release, 1);
    const { value } = service.call(listReleases, { caller: asMember(alice), params: { contractId } }).body;
    const { item } = value[0]?.record as unknown as { item: unknown };
    assert.deepEqual(item, { kind: "signature", id: createHash("sha256").update(text).digest("hex") });
  });

  it("is refused without evidence, key or payload", () => {
    const service = signing();
    assertRefused(ask(service, { attestation: undefined, encrypt: undefined }), 400, "AttestationMissing");
    assertRefused(ask(service, { encrypt: undefined }), 400, "EncryptionMissing");
    for (const missing of [undefined, null, "", 7, {}, []])
      assertRefused(ask(service, { payload: missing }), 400, "PayloadMissing");
    for (const invalid of ["A", "AAAAA", "===", "ü"])
      assertRefused(ask(service, { payload: invalid }), 400, "PayloadInvalid");
    // in the order that clients know
    assertRefused(ask(service, { attestation: {}, payload: "" }), 400, "PayloadMissing");
    assertRefused(ask(service, { attestation: {}, payload: "A" }), 400, "PayloadInvalid");
    assertRefused(ask(service, { attestation: {}, payload }), 400, "VerifySnpAttestationFailed");
    const elsewhere = { evidence: machine.evidence(otherRoom) };
    assertRefused(ask(service, { payload }, elsewhere), 400, "ReportDataMismatch");
  });

  it("is refused to other code, without consent, and while there is no key", () => {
    const other = { evidence: machine.evidence(room, { "virtual-hostdata": "cd".repeat(32) }) };
    const service = signing();
    assertRefused(ask(service, { payload }, other), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
    assertRefused(ask(service, { payload }, { contract: "c2" }), 403, "ContractNotAccepted");
    const params = { contractId, option: "execution" };
    service.call(disableOption, { caller: asMember(alice), params });
    assertRefused(ask(service), 403, "ExecutionDisabled");
    assertRefused(ask(inForce()), 405, "SigningKeyNotAvailable");
  });

  it("is delegated to code that a clean room registers for it, and to that only", () => {
    const worker = { evidence: machine.evidence(room, { "virtual-hostdata": "cd".repeat(32) }) };
    const service = signing();
    const delegate = (delegateType: string, delegateId: string): void => {
      const content = {
        type: "add",
        policyType: "virtual",
        claims: { "virtual-hostdata": ["cd".repeat(32)] },
      };
      const params = { contractId, delegateType, delegateId };
      const body = signedRequest(room, machine.evidence(room), content);
      assert.equal(service.call(putDelegate, { params, body }).status, 200);
    };
    delegate("podpolicies", "other");
    delegate("secrets", "admin");
    assertRefused(ask(service, { payload }, worker), 400, "VerifySnpAttestationFailed");
    delegate("podpolicies", "admin");
    assert.ok(
      holds(info(service).publicKeyPem, signatureIn(ask(service, { payload }, worker)), inDomain(text)),
    );
  });
});
