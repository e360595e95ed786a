import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Application, assertAllAnswered } from "./support/existing/application.js";
import { exercised } from "./support/existing/exercised.js";
import type { Address } from "./support/existing/http.js";
import { type ExistingMember, passed } from "./support/existing/member.js";
import { identityOf, threeMembers, type ThreeMembers } from "./support/existing/parties.js";
import { existingService } from "./support/existing/service.js";
import { freshId, sharedNetwork } from "./support/network.js";
import { TokenIssuer } from "./support/tokens.js";

// Requests as the member client of the reference sends them (its contract §6.1, §6.2), for members and for users with tokens.

describe("the member client of the reference finds users as it knows them", function () {
  this.timeout(60_000);
  let service: Address;
  let members: ThreeMembers;
  let alice: ExistingMember, bob: ExistingMember;
  let tenantId: string;
  let issuer: TokenIssuer;

  before(async () => {
    const net = await sharedNetwork();
    service = existingService(net);
    members = threeMembers(net);
    [alice, bob] = members;
    tenantId = randomUUID();
    issuer = new TokenIssuer({ tenant: tenantId });
    await passed(members, issuer.registration);
  });

  const bearing = (claims: object) => new Application(service, { token: issuer.token(claims) });
  const self = "POST /users/identities/self/status";
  const accept = "POST /users/invitations/{invitationId}/accept";
  const invitation = async (id: string) =>
    (await bob.call("POST /users/invitations/{invitationId}", [id])).value;
  const invite = (invitationId: string, claims: object) =>
    passed(members, {
      name: "set_user_invitation_by_jwt_claims",
      args: { invitationId, type: "add", accountType: "microsoft", claims },
    });
  /** Registers whoever has accepted an invitation, by what the invitation says. */
  async function addInvited(invitationId: string): Promise<void> {
    const { status, accountType, userInfo, claims } = await invitation(invitationId);
    assert.equal(status, "Accepted");
    const identifier = (claims.preferred_username ?? claims.appid)?.[0] ?? null;
    const data = { tenantId: userInfo?.data.tenantId, identifier };
    const args = { id: userInfo?.userId, accountType, invitationId, data };
    await passed(members, { name: "set_user_identity", args });
  }

  it("adds them by object id, and finds them listed and active", async () => {
    const id = randomUUID();
    const user = bearing({ oid: id });
    await user.refused(403, "CallerNotAuthorized", self);
    await passed(members, identityOf(id, tenantId));
    assert.deepEqual((await user.call(self)).value, { active: true });
    const expected = { id, accountType: "microsoft", data: { tenantId } };
    for (const caller of [alice, user]) {
      const { value } = await caller.call("POST /users/identities/{identityId}", [id]);
      assert.deepEqual(value, expected);
      const list = (await caller.call("GET /users/identities")).value.value;
      assert.deepEqual(
        list.find((entry) => entry.id === id),
        expected,
      );
    }
    await alice.refused(404, "UserIdentityNotFound", "POST /users/identities/{identityId}", [randomUUID()]);
    await passed(members, identityOf(id, "another tenant"));
    await user.refused(403, "CallerTenantNotAuthorized", self);
    await passed(members, { name: "remove_user_identity", args: { id } });
    await user.refused(403, "CallerNotAuthorized", self);
  });

  it("invites service principals, which accept and are added by their invitation", async () => {
    const [invitationId, oid, appid] = [randomUUID(), randomUUID(), randomUUID()];
    await invite(invitationId, { appid, tid: tenantId });
    const open = { invitationId, accountType: "microsoft", claims: { appid: [appid], tid: [tenantId] } };
    assert.deepEqual(await invitation(invitationId), { ...open, status: "Open" });

    await bearing({ oid }).refused(403, "TokenClaimMissing", accept, [invitationId]);
    await bearing({ oid, appid: "another" }).refused(403, "TokenClaimMismatch", accept, [invitationId]);
    const principal = bearing({ oid, appid });
    await principal.refused(404, "InvitationNotFound", accept, [randomUUID()]);
    await principal.call(accept, [invitationId]);
    await principal.refused(409, "InvitationNotOpen", accept, [invitationId]);
    const accepted = await invitation(invitationId);
    assert.deepEqual(
      [accepted.status, accepted.userInfo?.userId, accepted.userInfo?.data.tenantId],
      ["Accepted", oid, tenantId],
    );

    await addInvited(invitationId);
    const { value } = await alice.call("POST /users/identities/{identityId}", [oid]);
    assert.deepEqual(value, {
      id: oid,
      accountType: "microsoft",
      invitationId,
      data: { tenantId, identifier: appid },
    });
    const list = (await alice.call("GET /users/invitations")).value.value;
    assert.equal(list.find((entry) => entry.invitationId === invitationId)?.status, "Finalized");
    assert.deepEqual((await principal.call(self)).value, { active: true });
  });

  it("invites people by their user name, once the members have enabled that (improvement 15)", async () => {
    const [invitationId, oid] = [randomUUID(), randomUUID()];
    const preferred_username = `${freshId("ann")}@example.com`;
    await invite(invitationId, { preferred_username: [preferred_username] });
    const person = bearing({ oid, preferred_username });
    await person.refused(403, "TokenClaimMissing", accept, [invitationId]);
    const option = (status: string) => ({
      name: "set_cgs_runtime_options",
      args: { option: "unverified-email-invitations", status },
    });
    await passed(members, option("enabled"));
    try {
      await person.call(accept, [invitationId]);
    } finally {
      await passed(members, option("disabled"));
    }
    await addInvited(invitationId);
    const { value } = await person.call("POST /users/identities/{identityId}", [oid]);
    assert.deepEqual(value.data, { tenantId, identifier: preferred_username });
    // who is no member no longer reads invitations
    await person.refused(403, "CallerNotAuthorized", "GET /users/invitations");
  });

  it("and was answered by every operation of these that it calls", () => assertAllAnswered(exercised.users));
});
