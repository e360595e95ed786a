import { hasRole, rolesOf } from "../../src/governance/roles.js";
import { type MemberInfo, members as memberInfos } from "../../src/governance/tables.js";
import type { Member } from "../../src/governance/membership.js";
import { memberById, setMember, setMemberData } from "../../src/schemas/actions/members.js";
import type { Of } from "../../src/schemas/shape.js";
import { action } from "../action.js";
import type { Circumstances } from "../circumstances.js";
import { requireCertificate, requireRsaPublicKey } from "../certificates.js";
import { requireViable } from "../recovery.js";
import { service } from "../service.js";
import { memberAcks, memberCertificates, memberEncryptionKeys, memberHistory, signature } from "../tables.js";

/** Adds a member, who becomes active by acknowledging the state of the service; or starts an existing one over. */
const set_member = action({
  arguments: setMember,
  decision: {
    // not one who has another role as well: what is delegated to it, voters have entrusted to somebody else;
    // and not one who holds a recovery share: operators could gather enough of them to read everything
    operator: ({ member_data, encryption_pub_key }) =>
      rolesOf(member_data).join() === "operator" && encryption_pub_key === undefined,
  },
  check(args, given) {
    requireCertificate(args.cert, "cert");
    if (args.encryption_pub_key !== undefined)
      requireRsaPublicKey(args.encryption_pub_key, "encryption_pub_key");
    else if (args.recovery_role !== undefined)
      throw new Error(`"recovery_role" means nothing without "encryption_pub_key"`);
    requireViable(given, joined(args, given.members));
  },
  membership: joined,
  apply({ cert, encryption_pub_key, member_data, recovery_role }) {
    const id = ccf.pemToId(cert);
    memberCertificates().set(id, cert);
    if (encryption_pub_key === undefined) memberEncryptionKeys().delete(id);
    else memberEncryptionKeys().set(id, encryption_pub_key);
    const info: MemberInfo = {
      status: "Accepted",
      ...(member_data !== undefined && { member_data }),
      ...(recovery_role !== undefined && { recovery_role }),
    };
    memberInfos().set(id, info);

    const root = signature().get(undefined)?.root;
    if (root === undefined) memberAcks().delete(id);
    else memberAcks().set(id, { state_digest: root });
  },
});

function joined(args: Of<typeof setMember>, members: readonly Member[]): Member[] {
  const { cert, encryption_pub_key, member_data, recovery_role } = args;
  const id = ccf.pemToId(cert);
  const recovery = encryption_pub_key === undefined ? undefined : (recovery_role ?? "Participant");
  return [...without(members, id), { id, status: "Accepted", data: member_data, recovery }];
}

const remove_member = action({
  arguments: memberById,
  decision: {
    operator: ({ member_id }, { members }) =>
      members.some(({ id, data }) => id === member_id && hasRole(data, "operator")),
  },
  check({ member_id }, given) {
    requireMember(member_id, given);
    requireViable(given, without(given.members, member_id));
  },
  membership: ({ member_id }, members) => without(members, member_id),
  apply({ member_id }) {
    const heldShare =
      memberEncryptionKeys().has(member_id) && memberInfos().get(member_id)?.status === "Active";
    for (const table of [memberInfos, memberEncryptionKeys, memberCertificates, memberAcks, memberHistory])
      table().delete(member_id);
    // who knows an old share must not read what is written from now on
    if (heldShare && service().status === "Open") ccf.node.triggerLedgerRekey();
  },
});

const set_member_data = action({
  arguments: setMemberData,
  check(args, given) {
    requireMember(args.member_id, given);
    requireViable(given, withData(args, given.members));
  },
  membership: withData,
  apply({ member_id, member_data }) {
    const { member_data: _, ...info } = existing(member_id);
    memberInfos().set(member_id, { ...info, ...(member_data !== undefined && { member_data }) });
  },
});

function withData(args: Of<typeof setMemberData>, members: readonly Member[]): Member[] {
  return members.map((member) =>
    member.id === args.member_id ? { ...member, data: args.member_data } : member,
  );
}

function requireMember(id: string, { members }: Circumstances): void {
  if (!members.some((member) => member.id === id)) throw new Error(`there is no member ${id}`);
}

const without = (members: readonly Member[], id: string): Member[] =>
  members.filter((member) => member.id !== id);

function existing(id: string): MemberInfo {
  const info = memberInfos().get(id);
  if (info === undefined) throw new Error(`there is no member ${id}`);
  return info;
}

export const members = { set_member, remove_member, set_member_data };
