import type { Transaction } from "../../kv/store.js";
import { read } from "./endpoint.js";
import { identifierIn, named, notFound } from "./identifiers.js";
import { invalidInput } from "./json-text.js";
import * as tables from "./tables.js";

const list = read("/service/members", ({ tx }) => {
  const value = tables
    .members(tx)
    .entries()
    .map(([id, details]) => describe(tx, id, details));
  return { status: 200, body: { value } };
});

const one = read("/service/members/{memberId}", ({ tx, params }) => {
  const id = identifierIn(params, "member");
  const details = tables.members(tx).get(id);
  if (!details) throw notFound(`Member ${named.member(id)} does not exist.`);
  return { status: 200, body: describe(tx, id, details) };
});

function describe(tx: Transaction, id: string, details: tables.MemberDetails) {
  const publicEncryptionKey = tables.memberEncryptionKeys(tx).get(id);
  return {
    memberId: id,
    status: details.status,
    memberData: details.member_data ?? null,
    certificate: tables.memberCertificates(tx).get(id),
    publicEncryptionKey,
    recoveryRole: recoveryRole(details.recovery_role, publicEncryptionKey !== undefined),
  };
}

const RECOVERY_ROLES = ["NonParticipant", "Participant", "Owner"];

/** Who has an encryption key takes part in recovery, unless the members said otherwise. */
function recoveryRole(stated: string | undefined, hasKey: boolean): string {
  if (stated === undefined) return hasKey ? "Participant" : "NonParticipant";
  if (!RECOVERY_ROLES.includes(stated))
    throw invalidInput(`At #/: ${JSON.stringify(stated)} is not convertible to MemberRecoveryRole`);
  return stated;
}

/** Members as the consortium sees them. */
export const memberEndpoints = [list, one];
