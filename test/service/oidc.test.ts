import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createLocalJWKSet, decodeProtectedHeader, type JWTPayload, jwtVerify } from "jose";
import { discovery } from "../../sdk/answers.js";
import {
  generateTokenKey,
  issuerInfo,
  setIssuerUrl,
  tokenKeys,
  tokenQuery,
  type TokenRequest,
} from "../../sdk/token.js";
import { registerUser } from "../../sdk/users.js";
import type { Network } from "../../sandbox/network.js";
import { Collaboration, type RoomChanges } from "./support/collaboration.js";
import { founders, ownNetwork, type TestNetwork } from "./support/network.js";
import { assertRefused } from "./support/refused.js";
import { askAsSidecar } from "./support/released.js";
import { TokenIssuer } from "./support/tokens.js";

const issuer = "https://issuer.example.com/consortium";
const wanted = { audience: "api://AzureADTokenExchange", tenantId: "nobody" };

describe("tokens for attested code", function () {
  this.timeout(60_000);
  let network: TestNetwork | undefined;
  let net: Network;
  let room: Collaboration;
  let contractId: string;

  before(async () => {
    network = await ownNetwork();
    net = network.net;
    room = await Collaboration.start(net);
    contractId = room.contractId;
  });
  after(async () => {
    await network?.end();
  });

  type Changes = Partial<TokenRequest>;
  const asked = (changes: Changes = {}): TokenRequest => ({ subject: contractId, ...wanted, ...changes });
  const token = async (changes: Changes = {}, code: RoomChanges = {}): Promise<string> =>
    (await room.room(code).token(asked(changes))).value;
  const path = (contract = contractId): string => `/app/contracts/${contract}/oauth/token`;
  /** As one who trusts the consortium's issuer checks it. */
  const verified = async (jwt: string): Promise<JWTPayload> => {
    const keys = createLocalJWKSet(await tokenKeys(net.client));
    const { payload } = await jwtVerify(jwt, keys, {
      audience: wanted.audience,
      algorithms: ["PS256"],
      requiredClaims: ["iss", "sub", "exp", "iat", "nbf", "jti"],
    });
    return payload;
  };
  const found = async () =>
    (await net.client.get("/app/oidc/.well-known/openid-configuration")).as(discovery);

  describe("before the members enable them", () => {
    it("are not issued: there are no keys, and nobody can have one made", async () => {
      await assertRefused(tokenKeys(net.client), 405, "SigningKeyNotAvailable");
      await assertRefused(generateTokenKey(net.as(net.members[0])), 405, "OidcIssuerNotEnabled");
      await assertRefused(token(), 405, "SigningKeyNotAvailable");
      assert.deepEqual(await issuerInfo(net.as(net.members[0])), { enabled: false });
      assert.equal((await found()).issuer, "{placeholder}");
    });
  });

  describe("once the members have enabled them", () => {
    before(async () => {
      await net.pass({ name: "enable_oidc_issuer", args: { kid: "consortium" } });
    });

    it("need a key, which a member has made once", async () => {
      const [alice, bob] = founders(net);
      await assertRefused(token(), 405, "SigningKeyNotAvailable");
      const user = net.as(await net.addUser("somebody"));
      for (const stranger of [net.client, user])
        await assertRefused(generateTokenKey(stranger), 401, "InvalidAuthenticationInfo");
      const first = { reqId: "1", kid: "consortium-1" };
      assert.deepEqual(await generateTokenKey(net.as(alice)), first);
      const { keys } = await tokenKeys(net.client);
      assert.deepEqual(await generateTokenKey(net.as(bob)), first);
      assert.deepEqual((await tokenKeys(net.client)).keys, keys);
    });

    it("need an issuer, which the members vote for", async () => {
      await assertRefused(token(), 405, "IssuerUrlNotSet");
      await net.pass({ name: "set_oidc_issuer_url", args: { issuer_url: issuer } });
      const { jwks_uri, ...document } = await found();
      assert.deepEqual([document.issuer, jwks_uri], [issuer, `${issuer}/keys`]);
      assert.deepEqual(document.id_token_signing_alg_values_supported, ["PS256"]);
      assert.deepEqual(await issuerInfo(net.as(net.members[0])), { enabled: true, issuerUrl: issuer });
    });

    it("are verified by anybody against the published keys (improvement 16)", async () => {
      const before = Math.floor(Date.now() / 1000);
      const jwt = await token({ subject: `${contractId}-alice`, lifetime: 600 });
      assert.deepEqual(decodeProtectedHeader(jwt), { alg: "PS256", typ: "JWT", kid: "consortium-1" });
      const { iat = 0, exp = 0, nbf = 0, jti, ...claims } = await verified(jwt);
      assert.deepEqual(claims, { aud: wanted.audience, iss: issuer, sub: `${contractId}-alice` });
      assert.ok(iat >= before && iat <= Date.now() / 1000);
      assert.deepEqual([exp - iat, nbf - iat], [600, 0]);
      assert.match(String(jti), /^[0-9a-f-]{36}$/);
      // whoever changes a character has no token
      const [header, , signature] = jwt.split(".");
      const forged = Buffer.from(JSON.stringify({ ...claims, sub: "other", exp })).toString("base64url");
      await assert.rejects(verified(`${header ?? ""}.${forged}.${signature ?? ""}`));
    });

    it("are releases: recorded by their subject, and refused without consent", async () => {
      const contract = room.contract();
      const records = [];
      for await (const { record } of contract.releases()) records.push(record.item);
      assert.deepEqual(records.at(-1), { kind: "token", id: `${contractId}-alice` });
      await contract.setExecution("disable");
      await assertRefused(token(), 403, "ExecutionDisabled");
      await contract.setExecution("enable");
      await token();
    });

    it("are refused to other code, and under contracts that are not accepted", async () => {
      const wrong = { claims: { "virtual-measurement": "bad0" } };
      await assertRefused(token({}, wrong), 400, "VerifySnpAttestationFailed", "ClaimMismatch");
      await assertRefused(
        token({ subject: "nowhere" }, { contractId: "nowhere" }),
        403,
        "ContractNotAccepted",
      );
      for (const caller of [net.client, net.as(net.members[0])]) {
        await assertRefused(caller.post(path() + tokenQuery(asked()), {}), 400, "AttestationMissing");
        await assertRefused(caller.get(path()), 405, "UnsupportedHttpVerb");
      }
    });

    it("are issued to code behind existing sidecars, which sends its evidence and signs nothing", async () => {
      const now = Math.floor(Date.now() / 1000);
      const query = `&nbf=${now}&exp=${now + 300}&iat=${now}&jti=1&sub=${contractId}&tid=t&aud=${wanted.audience}`;
      const { jti, sub } = await verified(await askAsSidecar(room, `${path()}?${query}`));
      assert.deepEqual([jti, sub], ["1", contractId]);
      const incomplete = query.replace("jti", "other");
      await assertRefused(askAsSidecar(room, `${path()}?${incomplete}`), 400, "InvalidInput");
    });

    it("last an hour at most (improvement 16)", async () => {
      await token({ lifetime: 3600 });
      await assertRefused(token({ lifetime: 3601 }), 400, "InvalidInput");
      await assertRefused(token({ lifetime: 0 }), 400, "InvalidInput");
      for (const offset of [-600, 600]) {
        const query = tokenQuery(asked(), Date.now() + offset * 1000);
        await assertRefused(askAsSidecar(room, path() + query), 400, "InvalidInput");
      }
      const numbers = /"exp":\d+,.*"nbf":\d+,.*"iat":\d+/;
      assert.match(Buffer.from((await token()).split(".")[1] ?? "", "base64url").toString(), numbers);
    });

    it("claim subjects of their own contract, or that the members grant it (improvement 16)", async () => {
      const other = await Collaboration.start(net);
      for (const subject of [other.contractId, `${other.contractId}-alice`, `${contractId}x`, "payroll"])
        await assertRefused(token({ subject }), 403, "SubjectNotGranted");
      const grant = { contractId, subject: "payroll" };
      await net.pass({ name: "grant_token_subject", args: grant });
      assert.equal((await verified(await token({ subject: "payroll" }))).sub, "payroll");
      const theirs = other.room().token(asked({ subject: "payroll" }));
      await assertRefused(theirs, 403, "SubjectNotGranted");
      await net.pass({ name: "revoke_token_subject", args: grant });
      await assertRefused(token({ subject: "payroll" }), 403, "SubjectNotGranted");
    });

    it("name an issuer of the tenant, of all tenants, or of the members' list, and no other (improvement 16)", async () => {
      const [alice, bob] = founders(net);
      const of = async (changes: Changes) => (await verified(await token(changes))).iss;
      const tenantId = "tenant-a";
      await assertRefused(setIssuerUrl(net.as(alice), "https://a.example"), 400, "NoTenantId");
      await net.pass({ name: "set_member_data", args: { member_id: alice.id, member_data: { tenantId } } });
      await assertRefused(setIssuerUrl(net.as(alice), "ldap://a.example"), 400, "InvalidUrl");
      const user = net.as(await net.addUser("of tenant a", { tenantId }));
      await setIssuerUrl(user, "https://user.example");
      assert.equal(await of({ tenantId }), "https://user.example");
      await setIssuerUrl(net.as(alice), "https://a.example");
      assert.equal(await of({ tenantId }), "https://a.example");
      assert.equal(await of({ tenantId, issuer: "https://user.example" }), "https://user.example");
      assert.equal(await of({ tenantId, issuer }), issuer);

      const told = async (caller: typeof user) => (await issuerInfo(caller)).tenantData;
      assert.deepEqual(await told(net.as(alice)), { tenantId, issuerUrl: "https://a.example" });
      const [entra, oid] = [new TokenIssuer({ tenant: "tenant-t" }), randomUUID()];
      await net.pass(entra.registration, registerUser(oid, { tenantId: "tenant-t" }));
      const holder = net.as({ token: entra.token({ oid }) });
      await setIssuerUrl(holder, "https://t.example");
      assert.deepEqual(await told(holder), { tenantId: "tenant-t", issuerUrl: "https://t.example" });
      assert.equal(await of({ tenantId: "tenant-t" }), "https://t.example");
      const stranger = net.as({ token: entra.token({ oid: randomUUID() }) });
      await assertRefused(setIssuerUrl(stranger, "https://t.example"), 403, "CallerNotAuthorized");

      assert.deepEqual(await told(user), { tenantId, issuerUrl: "https://user.example" });
      assert.equal(await told(net.as(bob)), undefined);
      await assertRefused(issuerInfo(net.client), 401, "InvalidAuthenticationInfo");

      const foreign = "https://foreign.example";
      await assertRefused(token({ tenantId, issuer: foreign }), 403, "IssuerUrlNotConfigured");
      await assertRefused(token({ issuer: "https://a.example" }), 403, "IssuerUrlNotConfigured");
      await net.pass({ name: "add_token_issuer", args: { issuer_url: foreign } });
      assert.equal(await of({ tenantId, issuer: foreign }), foreign);
      await net.pass({ name: "remove_token_issuer", args: { issuer_url: foreign } });
      await assertRefused(token({ tenantId, issuer: foreign }), 403, "IssuerUrlNotConfigured");
    });

    it("are still verified after the key was replaced (improvement 17)", async () => {
      const old = await token();
      await net.pass({ name: "oidc_issuer_enable_rotate_signing_key" });
      assert.equal(decodeProtectedHeader(await token()).kid, "consortium-1");
      const next = { reqId: "2", kid: "consortium-2" };
      assert.deepEqual(await generateTokenKey(net.as(net.members[0])), next);
      const { keys } = await tokenKeys(net.client);
      assert.deepEqual(
        keys.map(({ kid }) => kid),
        ["consortium-2", "consortium-1"],
      );
      const fresh = await token();
      assert.equal(decodeProtectedHeader(fresh).kid, "consortium-2");
      for (const jwt of [old, fresh]) await verified(jwt);
    });

    it("are still verified after a restart, by the same keys", async () => {
      const [jwt, { keys }] = [await token(), await tokenKeys(net.client)];
      assert.ok(network);
      net = await network.restart();
      assert.deepEqual((await tokenKeys(net.client)).keys, keys);
      await verified(jwt);
    });
  });
});
