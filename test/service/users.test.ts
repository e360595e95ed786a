import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import type { Network } from "../../sandbox/network.js";
import { signedRequest } from "../../sdk/attested.js";
import { type Action, getProposal, passProposal, propose, vote, withdraw } from "../../sdk/governance.js";
import { proposalHistory } from "../../sdk/proposal-history.js";
import { inviteUser, registerInvited, registerUser, UsersClient } from "../../sdk/users.js";
import { acceptedContract, Collaboration, setPolicy } from "./support/collaboration.js";
import { endOfLedger } from "./support/ledger.js";
import { founders, freshId, sharedNetwork } from "./support/network.js";
import { assertRefused } from "./support/refused.js";
import { TokenIssuer } from "./support/tokens.js";

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

describe("users who call with tokens", function () {
  this.timeout(60_000);
  let net: Network;
  /** An organisation of the Microsoft identity platform, and one with an identity provider of its own. */
  let entra: TokenIssuer, other: TokenIssuer;
  let tenantId: string;

  before(async () => {
    net = await sharedNetwork();
    tenantId = freshId("tenant");
    entra = new TokenIssuer({ tenant: tenantId });
    other = new TokenIssuer();
    await net.pass(entra.registration, other.registration);
  });

  const bearing = (token: string) => new UsersClient(net.as({ token }));
  const asMember = () => new UsersClient(net.as(net.members[0]));
  const removal = (id: string): Action => ({ name: "remove_user_identity", args: { id } });

  it("are registered by vote, read contracts, keep secrets, and are nobody once removed", async () => {
    const oid = freshId("user");
    const token = entra.token({ oid });
    const contractId = await acceptedContract(net);
    const secret = `/app/contracts/${contractId}/secrets/mine`;
    await assertRefused(bearing(token).requireActive(), 403, "CallerNotAuthorized");
    await net.pass(registerUser(oid, { tenantId, identifier: "Ann" }));
    await bearing(token).requireActive();
    const identity = { id: oid, accountType: "microsoft", data: { tenantId, identifier: "Ann" } };
    for (const client of [bearing(token), asMember()]) {
      assert.deepEqual(await client.identity(oid), identity);
      assert.deepEqual(
        (await collect(client.identities())).filter(({ id }) => id === oid),
        [identity],
      );
    }
    const user = net.as({ token });
    assert.equal((await user.post(`/app/contracts/${contractId}`)).status, 200);
    const stored = (await user.put(secret, { value: "v" })).json() as { secretId: string };
    assert.equal(stored.secretId, `${oid}_mine`);

    await net.pass(removal(oid));
    await assertRefused(bearing(token).requireActive(), 403, "CallerNotAuthorized");
    await assertRefused(user.put(secret, { value: "v" }), 403, "CallerNotAuthorized");
    await assertRefused(user.post(`/app/contracts/${contractId}`), 403, "CallerNotAuthorized");
    await assertRefused(asMember().identity(oid), 404, "UserIdentityNotFound");
  });

  it("are of the tenant and of the issuer that the members registered (improvement 8)", async () => {
    const [ann, ben, cleo] = [freshId("user"), freshId("user"), freshId("user")];
    await net.pass(
      registerUser(ann, { tenantId: "another tenant" }),
      registerUser(ben, { tenantId, issuer: other.url }),
      registerUser(cleo, { issuer: other.url }),
    );
    await assertRefused(bearing(entra.token({ oid: ann })).requireActive(), 403, "CallerTenantNotAuthorized");
    await assertRefused(bearing(entra.token({ oid: ben })).requireActive(), 403, "CallerIssuerNotAuthorized");
    await assertRefused(
      bearing(entra.token({ oid: cleo })).requireActive(),
      403,
      "CallerIssuerNotAuthorized",
    );
    await assertRefused(bearing(other.token({ oid: ann })).requireActive(), 403, "CallerTenantNotAuthorized");
    await bearing(other.token({ oid: cleo })).requireActive();
  });

  it("have tokens that an issuer of the consortium signed, for now and for its own (improvement 8)", async () => {
    const oid = freshId("user");
    await net.pass(registerUser(oid, { tenantId }));
    await bearing(entra.token({ oid })).requireActive();
    const now = Math.floor(Date.now() / 1000);
    const forger = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
    for (const token of [
      entra.token({ oid, exp: now - 60 }),
      entra.token({ oid, nbf: now + 3600 }),
      entra.token({ oid }, forger),
      entra.token({ oid, iss: other.url }),
      entra.token({ oid, tid: "another tenant" }),
      // whoever is not the tenant's issuer says nothing about tenants
      other.token({ oid, tid: tenantId }),
      other.token({ oid, tid: tenantId, iss: entra.url }),
      new TokenIssuer({ tenant: tenantId }).token({ oid }),
      "no token",
    ])
      await assertRefused(bearing(token).requireActive(), 401, "InvalidAuthenticationInfo");
    await assertRefused(new UsersClient(net.client).requireActive(), 401, "InvalidAuthenticationInfo");
  });

  it("are not authenticated by a key that is registered without its issuer (improvement 8)", async () => {
    const unbound = new TokenIssuer();
    const oid = freshId("user");
    const contractId = await acceptedContract(net);
    await net.pass(
      unbound.unboundRegistration,
      registerUser(oid, { issuer: unbound.url }),
      inviteUser(oid, { oid }),
      setPolicy(contractId, "jwt", { iss: [unbound.url] }),
    );
    const token = unbound.token({ oid });
    await assertRefused(bearing(token).requireActive(), 403, "CallerIssuerNotAuthorized");
    await assertRefused(bearing(token).accept(oid), 403, "CallerIssuerNotAuthorized");
    const event = net.as({ token }).put(`/app/contracts/${contractId}/events`, { timestamp: "1" });
    await assertRefused(event, 403, "CallerIssuerNotAuthorized");
    await net.pass(unbound.registration);
    await bearing(token).requireActive();
  });

  it("act only with tokens that are meant for the service, once the members say what it is called (improvement 8)", async () => {
    const oid = freshId("user");
    const collaboration = await Collaboration.start(net);
    const contractId = await acceptedContract(net);
    await net.pass(
      registerUser(oid, { tenantId }),
      inviteUser(oid, { oid, tid: tenantId }),
      setPolicy(contractId, "jwt", { tid: [tenantId], oid: [oid] }),
    );
    const { attestation: _, ...event } = signedRequest(collaboration.key, collaboration.evidence(), "e");
    const acts = [
      (token: string) => bearing(token).requireActive(),
      (token: string) => net.as({ token }).get("/app/contracts"),
      (token: string) => net.as({ token }).put(`/app/contracts/${contractId}/events`, event),
      (token: string) => bearing(token).accept(oid),
    ];
    await net.pass({ name: "set_jwt_audience", args: { audience: "api://consortium" } });
    try {
      const before = await endOfLedger(net);
      for (const act of acts)
        for (const aud of [undefined, "api://other", ["api://other"]])
          await assertRefused(act(entra.token({ oid, aud })), 403, "TokenAudienceMismatch");
      assert.equal(await endOfLedger(net), before);
      for (const act of acts) await act(entra.token({ oid, aud: ["api://other", "api://consortium"] }));
    } finally {
      await net.pass({ name: "remove_jwt_audience" });
    }
    await bearing(entra.token({ oid })).requireActive();
  });

  it("cannot be trusted by a policy that leaves open who issues their tokens (improvement 8)", async () => {
    const contractId = await acceptedContract(net);
    const policy = setPolicy(contractId, "jwt", { sub: ["pipeline"] });
    await assertRefused(propose(net.client, net.members[0], [policy]), 400, "ProposalFailedToValidate");
  });

  describe("and are invited", () => {
    it("by a proposal, accept with their token, and are registered with the invitation (improvement 15)", async () => {
      const [oid, invitationId] = [freshId("user"), freshId("invitation")];
      const token = entra.token({ oid });
      await net.pass(inviteUser(invitationId, { oid, tid: tenantId }));
      const claims = { oid: [oid], tid: [tenantId] };
      const invitation = { invitationId, accountType: "microsoft", claims, status: "Open" };
      assert.deepEqual(await asMember().invitation(invitationId), invitation);

      for (const [wrong, code] of [
        [entra.token({ oid: "somebody" }), "TokenClaimMismatch"],
        [other.token({ oid }), "TokenClaimMissing"],
      ] as const)
        await assertRefused(bearing(wrong).accept(invitationId), 403, code);
      await bearing(token).accept(invitationId);
      await assertRefused(bearing(token).accept(invitationId), 409, "InvitationNotOpen");
      const userInfo = { userId: oid, data: { tenantId, issuer: entra.url } };
      const accepted = await asMember().invitation(invitationId);
      assert.deepEqual(accepted, { ...invitation, userInfo, status: "Accepted" });
      await assertRefused(bearing(token).requireActive(), 403, "CallerNotAuthorized");

      await net.pass(registerInvited(accepted));
      await bearing(token).requireActive();
      assert.equal((await asMember().invitation(invitationId)).status, "Finalized");
      assert.deepEqual(await asMember().identity(oid), {
        id: oid,
        accountType: "microsoft",
        invitationId,
        data: userInfo.data,
      });
      const again = propose(net.client, net.members[0], [inviteUser(invitationId, { oid: "somebody" })]);
      await assertRefused(again, 400, "ProposalFailedToValidate");
    });

    it("anew when the invitation is changed: what was accepted before counts no more (improvement 15)", async () => {
      const [oid, invitationId] = [freshId("user"), freshId("invitation")];
      await net.pass(inviteUser(invitationId, { oid, tid: tenantId }));
      await bearing(entra.token({ oid })).accept(invitationId);
      const removed = { name: "remove_user_invitation_by_jwt_claims", args: { invitationId } };
      await net.pass(removed);
      await assertRefused(asMember().invitation(invitationId), 404, "InvitationNotFound");
      await assertRefused(bearing(entra.token({ oid })).accept(invitationId), 404, "InvitationNotFound");
      await net.pass(inviteUser(invitationId, { oid, tid: tenantId }));
      const open = await asMember().invitation(invitationId);
      assert.deepEqual([open.status, open.userInfo], ["Open", undefined]);
      assert.throws(() => registerInvited(open), { code: "InvitationNotAccepted" });
      await bearing(entra.token({ oid })).accept(invitationId);
      await net.pass(inviteUser(invitationId, { sub: "s" }));
      assert.equal((await asMember().invitation(invitationId)).status, "Open");
      await assertRefused(bearing(entra.token({ oid })).accept(invitationId), 403, "TokenClaimMissing");
      await bearing(entra.token({ oid, sub: "s" })).accept(invitationId);
    });

    it("by an e-mail address only if their issuer has verified it, or the members vote for less (improvement 15)", async () => {
      const [oid, invitationId] = [freshId("user"), freshId("invitation")];
      const preferred_username = `${oid}@example.com`;
      // as existing clients propose it
      await net.pass(inviteUser(invitationId, { preferred_username, tid: tenantId }));
      const named = { oid, preferred_username };
      await assertRefused(bearing(entra.token(named)).accept(invitationId), 403, "TokenClaimMissing");
      const foreign = entra.token({ ...named, email: "eve@example.com", email_verified: true });
      await assertRefused(bearing(foreign).accept(invitationId), 403, "TokenClaimMissing");
      await bearing(entra.token({ ...named, email: preferred_username, email_verified: true })).accept(
        invitationId,
      );

      await net.pass(inviteUser(invitationId, { preferred_username: "more" }));
      const option = (status: string): Action => ({
        name: "set_cgs_runtime_options",
        args: { option: "unverified-email-invitations", status },
      });
      await net.pass(option("enabled"));
      try {
        await bearing(entra.token(named)).accept(invitationId);
      } finally {
        await net.pass(option("disabled"));
      }
    });

    it("without others knowing: only members read invitations (improvement 15)", async () => {
      const [oid, invitationId] = [freshId("user"), freshId("invitation")];
      await net.pass(inviteUser(invitationId, { oid }), registerUser(oid, { tenantId }));
      const listed = await collect(asMember().invitations());
      assert.ok(listed.some((invitation) => invitation.invitationId === invitationId));
      const user = new UsersClient(net.as(await net.addUser(freshId("user"))));
      for (const client of [bearing(entra.token({ oid })), bearing(entra.token({ oid: "x" })), user]) {
        await assertRefused(client.invitation(invitationId), 403, "CallerNotAuthorized");
        await assertRefused(collect(client.invitations()), 403, "CallerNotAuthorized");
      }
      await assertRefused(
        new UsersClient(net.client).invitation(invitationId),
        401,
        "InvalidAuthenticationInfo",
      );
    });
  });
});

describe("the history of a proposal", function () {
  this.timeout(60_000);
  let net: Network;

  before(async () => {
    net = await sharedNetwork();
  });

  const harmless = (): Action => ({
    name: "set_user_identity",
    args: { id: freshId("user"), accountType: "microsoft", data: { tenantId: "t" } },
  });
  const statesOf = async (proposalId: string) =>
    (await collect(proposalHistory(net.as(net.members[0]), proposalId))).map(
      ({ proposalState }) => proposalState,
    );

  it("holds every state, also of a proposal that CCF has forgotten", async () => {
    const [alice, bob] = founders(net);
    const first = await propose(net.client, alice, [harmless()]);
    await vote(net.client, bob, first.proposalId);
    await withdraw(net.client, alice, first.proposalId);
    const expected = ["Open", "Open", "Withdrawn"];
    assert.deepEqual(await statesOf(first.proposalId), expected);

    const { proposal } = await passProposal(net.client, net.members, [harmless()]);
    await assertRefused(getProposal(net.client, first.proposalId), 404, "ProposalNotFound");
    assert.deepEqual(await statesOf(first.proposalId), expected);
    assert.deepEqual(await statesOf(proposal.proposalId), ["Open", "Open", "Open", "Accepted"]);
    assert.deepEqual(await statesOf("0".repeat(64)), []);
  });

  it("is read page by page, and says while the ledger is being fetched", async () => {
    const client = net.as(net.members[0]);
    const { proposal, txId } = await passProposal(net.client, net.members, [harmless()]);
    const path = `/app/proposals/${proposal.proposalId}/historical`;
    const last = Number(txId.split(".")[1]);
    const found: unknown[] = [];
    let waited = 0;
    for (let next: string | undefined = `${path}?from_seqno=1&max_seqno_per_page=1`; next !== undefined;) {
      const answer = await client.get(next);
      if (answer.status === 202) {
        assert.deepEqual([answer.headers["retry-after"], answer.text], ["1", ""]);
        assert.ok(++waited < 1000);
        continue;
      }
      const page = answer.json() as { value: { seqno: number }[]; nextLink?: string };
      assert.ok(page.value.length <= 2);
      found.push(...page.value.map(({ seqno }) => seqno));
      next = page.nextLink;
    }
    assert.ok(waited > 0);
    assert.equal(found.length, 4);
    assert.equal(found.at(-1), last);
  });

  it("is refused for ranges that make no sense (improvement 24), and to strangers", async () => {
    const client = net.as(net.members[0]);
    const path = `/app/proposals/${"0".repeat(64)}/historical`;
    for (const query of ["from_seqno=0", "from_seqno=9&to_seqno=8", "to_seqno=x", "to_seqno=99999999"])
      await assertRefused(client.get(`${path}?${query}`), 400, "InvalidParameter");
    await assertRefused(net.client.get(path), 401, "InvalidAuthenticationInfo");
  });
});
