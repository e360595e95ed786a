import assert from "node:assert/strict";
import { constants, createPublicKey, type KeyObject, randomUUID, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { builtFile } from "../../sandbox/project.js";
import { Application, assertAllAnswered } from "./support/existing/application.js";
import { type BareService, bareService } from "./support/existing/bare-service.js";
import { ExistingCleanRooms } from "./support/existing/code.js";
import {
  asDeployed,
  type Bundle,
  canonicalBundle,
  digestOf,
  readBundle,
} from "./support/existing/digests.js";
import { exercised } from "./support/existing/exercised.js";
import type { Address } from "./support/existing/http.js";
import { type Action, type ExistingMember, passed } from "./support/existing/member.js";
import { agreedContract, registeredUser, type ThreeMembers } from "./support/existing/parties.js";
import type { ExistingSidecar } from "./support/existing/sidecar.js";

// What the tools of the reference do to deploy, trust and upgrade a service, and to set tenants up (its contract §6.5 to §6.7).

const constitution = readFileSync(builtFile("constitution.js"), "utf8");
const bundle = JSON.parse(readFileSync(builtFile("bundle.json"), "utf8")) as Bundle;

const SET_CONSTITUTION: Action = { name: "set_constitution", args: { constitution } };
const SET_JS_APP: Action = { name: "set_js_app", args: { bundle } };
const RUNTIME_OPTIONS: Action = {
  name: "set_js_runtime_options",
  args: {
    max_heap_bytes: 104_857_600,
    max_stack_bytes: 1_048_576,
    max_execution_time_ms: 1000,
    log_exception_details: true,
    return_exception_details: true,
  },
};

describe("the deployment tools of the reference", function () {
  this.timeout(60_000);
  let bare: BareService | undefined;
  let service: Address;
  let members: ThreeMembers;
  let alice: ExistingMember, bob: ExistingMember;

  before(async () => {
    bare = await bareService();
    ({ members, address: service } = bare);
    [alice, bob] = members;
  });
  after(() => bare?.end());

  it("activate the members of a network that has another constitution, and open it", async () => {
    for (const member of members) {
      assert.equal(
        (await member.members()).find(({ memberId }) => memberId === member.id)?.status,
        "Accepted",
      );
      await member.acknowledge();
    }
    const args = { next_service_identity: service.serviceCertificatePem };
    await passed(members, { name: "transition_service_to_open", args });
    for (const { status } of await alice.members()) assert.equal(status, "Active");
  });

  it("deploy the constitution, then the options, then the application, and the keys of tokens", async () => {
    await passed(members, SET_CONSTITUTION);
    await passed(members, RUNTIME_OPTIONS);
    await passed(members, SET_JS_APP);
    assert.deepEqual((await alice.call("GET /contracts")).value, { value: [] });
    assert.deepEqual((await alice.call("POST /oidc/issuerInfo")).value, { enabled: false });
    const kid = randomUUID();
    await alice.refused(405, "OidcIssuerNotEnabled", "POST /oidc/generateSigningKey");
    await passed(members, { name: "enable_oidc_issuer", args: { kid } });
    const generated = await alice.call("POST /oidc/generateSigningKey");
    assert.deepEqual(generated.value, { reqId: "1", kid: `${kid}-1` });
    assert.deepEqual((await alice.call("POST /oidc/issuerInfo")).value, { enabled: true });
  });

  it("compute, from what governance tells, the digests of what was deployed", async () => {
    assert.equal(digestOf(await alice.text("/service/constitution")), digestOf(constitution));
    const found = digestOf(canonicalBundle(await readBundle(alice)));
    assert.equal(found, digestOf(canonicalBundle(asDeployed(bundle))));
  });

  it("upgrade: a new constitution drops what is open, and what was agreed stays", async () => {
    const contractId = await agreedContract(members);
    const option = { option: "autoapprove-jsapp-proposal", status: "disabled" };
    const open = await bob.propose({ name: "set_cgs_runtime_options", args: option });
    const updates = async () => {
      const found = [];
      for (const { proposalId } of await alice.openProposals()) {
        const { actions } = await alice.governance(`/members/proposals/${proposalId}/actions`, {
          actions: [{ name: "text", "args?": "any" }],
        });
        const wanted = ["set_constitution", "set_js_app", "add_snp_host_data", "remove_snp_host_data"];
        if (actions.some(({ name }) => wanted.includes(name))) found.push(proposalId);
      }
      return found;
    };
    assert.deepEqual(await updates(), []);
    const upgrade = { ...SET_CONSTITUTION, args: { constitution: `${constitution}\n// upgraded\n` } };
    const { proposalId } = await alice.propose(upgrade);
    assert.deepEqual(await updates(), [proposalId]);
    for (const member of members) await member.ballot(proposalId);
    assert.equal((await alice.readProposal(open.proposalId)).proposalState, "Dropped");
    assert.deepEqual(await updates(), []);
    await passed(members, SET_JS_APP);
    assert.equal((await bob.call("POST /contracts/{contractId}", [contractId])).value.state, "Accepted");
  });

  describe("set a tenant up", () => {
    const tenantId = randomUUID();
    const audience = "api://AzureADTokenExchange";
    const url = `https://tenant.example.com/${tenantId}`;
    let sidecar: ExistingSidecar;
    let contractId: string;

    before(async () => {
      const rooms = await ExistingCleanRooms.start(service, members);
      ({ contractId } = rooms);
      sidecar = rooms.sidecar();
    });

    const keys = async () => (await new Application(service).call("GET /oidc/keys")).value.keys;
    /** As whoever trusts the tenant's copy of the keys reads a token. */
    async function claimsOf(token: string): Promise<Record<string, unknown>> {
      const [header = "", payload = "", signature = ""] = token.split(".");
      const decoded = (part: string) => Buffer.from(part, "base64url");
      const { alg, kid } = JSON.parse(decoded(header).toString()) as { alg: string; kid: string };
      const jwk = (await keys()).find((key) => key.kid === kid);
      assert.ok(jwk);
      assert.deepEqual([alg, jwk.alg], ["PS256", "PS256"]);
      const key = createPublicKey({ key: { kty: jwk.kty, n: jwk.n, e: jwk.e }, format: "jwk" });
      assert.ok(holds(key, Buffer.from(`${header}.${payload}`), decoded(signature)));
      return JSON.parse(decoded(payload).toString()) as Record<string, unknown>;
    }

    it("a member of the tenant says where the keys are published", async () => {
      const setUrl = "POST /oidc/setIssuerUrl";
      await alice.refused(400, "NoTenantId", setUrl, [], { body: { url } });
      const data = { member_id: alice.id, member_data: { tenantId, identifier: "alice" } };
      await passed(members, { name: "set_member_data", args: data });
      const discovery = await new Application(service).call("GET /oidc/.well-known/openid-configuration");
      const { issuer, jwks_uri } = discovery.value;
      assert.deepEqual([issuer, jwks_uri], ["{placeholder}", "{placeholder}/keys"]);
      for (const wrong of [{}, { url: "ftp://tenant.example.com" }])
        await alice.refused(400, "InvalidUrl", setUrl, [], { body: wrong });
      await alice.call(setUrl, [], { body: { url } });
      const { value } = await alice.call("POST /oidc/issuerInfo");
      assert.deepEqual(value, { enabled: true, tenantData: { tenantId, issuerUrl: url } });
    });

    it("code gets tokens, whose issuer is the tenant's", async () => {
      const wish = { sub: `${contractId}-workers`, tenantId, aud: audience };
      for (const named of [{}, { iss: url }]) {
        const { iss, sub, aud, exp, nbf, iat, jti } = await claimsOf(
          await sidecar.token({ ...wish, ...named }),
        );
        assert.deepEqual([iss, sub, aud, typeof jti], [url, wish.sub, audience, "string"]);
        assert.deepEqual([Number(exp) - Number(nbf), nbf], [300, iat]);
      }
      // a subject that names no contract is registered by a delegate
      const free = { ...wish, sub: `system:serviceaccount:${randomUUID()}` };
      const virtual = { policyType: "virtual", claims: { "virtual-measurement": ["c0de"] } };
      await sidecar.delegate("oauth-federation-subjects", free.sub, { type: "add", ...virtual });
      assert.equal((await claimsOf(await sidecar.token(free))).sub, free.sub);
    });

    it("users of other tenants set their issuer, and the members one for all others", async () => {
      const user = await registeredUser(members);
      const client = new Application(service, { token: user.token });
      const theirs = `https://${user.tenant}.example.com`;
      await client.call("POST /oidc/setIssuerUrl", [], { body: { url: theirs } });
      const common = "https://issuer.example.com/all";
      await passed(members, { name: "set_oidc_issuer_url", args: { issuer_url: common } });
      const { value } = await client.call("POST /oidc/issuerInfo");
      const tenantData = { tenantId: user.tenant, issuerUrl: theirs };
      assert.deepEqual(value, { enabled: true, issuerUrl: common, tenantData });
      const wish = { sub: contractId, aud: audience };
      assert.equal((await claimsOf(await sidecar.token({ ...wish, tenantId: user.tenant }))).iss, theirs);
      assert.equal((await claimsOf(await sidecar.token({ ...wish, tenantId: "nobody" }))).iss, common);
    });

    it("a new key is made when the members want one", async () => {
      const [kid = ""] = (await keys()).map((key) => key.kid);
      await passed(members, { name: "oidc_issuer_enable_rotate_signing_key" });
      const { value } = await bob.call("POST /oidc/generateSigningKey");
      assert.deepEqual(value, { reqId: "2", kid: kid.replace(/1$/, "2") });
      assert.ok((await keys()).some((key) => key.kid === value.kid));
      await claimsOf(await sidecar.token({ sub: contractId, tenantId, aud: audience }));
    });

    it("payloads are signed as they are, once the members have voted for that (improvement 18)", async () => {
      const payload = Buffer.from('{"pods": []}');
      const before = (await alice.call("POST /signing/info")).value;
      assert.deepEqual([before.enabled, before.publicKeyPem], [false, ""]);
      await passed(members, { name: "set_signing_mode", args: { mode: "raw" } });
      await passed(members, { name: "enable_signing", args: { kid: "pods" } });
      const { value } = await alice.call("POST /signing/generateSigningKey");
      assert.deepEqual(value, { reqId: "1", kid: "pods-1" });
      const signature = await sidecar.sign(payload);
      const { publicKeyPem } = (await bob.call("POST /signing/info")).value;
      assert.ok(holds(createPublicKey(publicKeyPem), payload, signature));
    });
  });

  describe("altogether", () => {
    it("were answered by every operation of these that they call", () =>
      assertAllAnswered(exercised.deployment));
  });
});

/** RSASSA-PSS, SHA-256, with a salt of 32 bytes. */
function holds(key: KeyObject, content: Buffer, signature: Buffer): boolean {
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  return verify("sha256", content, { key, padding, saltLength: 32 }, signature);
}
