import { Refusal } from "../kit/refusal.js";
import type { Caller } from "./callers.js";
import { requireReader } from "./parties.js";
import { type Approver, members, userCertificates, userIdentities } from "./tables.js";

/** As whom a caller approves. It makes no difference whether a user calls with a certificate or with a token. */
export const approverOf = ({ kind, id }: Caller): Approver => ({
  approverId: id,
  approverIdType: kind === "member" ? "member" : "user",
});

/** Kind and id of an approver: a member and a user may have the same id. */
export const nameOf = ({ approverId, approverIdType }: Approver): string => `${approverIdType}/${approverId}`;

export const includesApprover = (approvers: readonly Approver[], wanted: Approver): boolean =>
  approvers.some((approver) => nameOf(approver) === nameOf(wanted));

/** Who is asked to approve something of a contract reads it; else its readers do. @throws {Refusal} `NotContractParty` */
export function requireReaderOrApprover(
  caller: Caller,
  contractId: string,
  approvers: readonly Approver[] | null | undefined,
): void {
  if (!approvers || !includesApprover(approvers, approverOf(caller))) requireReader(caller, contractId);
}

/**
 * Those whom the consortium does not know, so that they can never vote: a member must be active or invited, a user
 * registered. The holder of a member's certificate always calls as that member, and is no user.
 */
export function unknownAmong(approvers: readonly Approver[]): Approver[] {
  const [byCertificate, byToken, present] = [userCertificates(), userIdentities(), members()];
  return approvers.filter(({ approverId, approverIdType }) => {
    const isMember = present.has(approverId);
    if (approverIdType === "member") return !isMember;
    return !(byCertificate.has(approverId) && !isMember) && !byToken.has(approverId);
  });
}

/** Approvers as they are sent, with nothing else about them. @throws {Refusal} `InvalidApprovers` if somebody is named twice */
export function readApprovers(given: readonly Approver[]): readonly Approver[] {
  const approvers = given.map(({ approverId, approverIdType }) => ({ approverId, approverIdType }));
  if (new Set(approvers.map(nameOf)).size === approvers.length) return approvers;
  throw new Refusal("InvalidApprovers", '"approvers" must name nobody more than once.');
}

/** At least one approver. @throws {Refusal} `ApproversMissing`, `EmptyApprovers`, `InvalidApprovers` */
export function readSomeApprovers(given: readonly Approver[] | null | undefined): readonly Approver[] {
  if (!given) throw new Refusal("ApproversMissing", 'Say in "approvers" who has to approve.');
  if (given.length === 0) throw new Refusal("EmptyApprovers", '"approvers" must name at least one approver.');
  return readApprovers(given);
}

/**
 * The approvers of a proposal are known, and are those whom the draft names, if it names any.
 *
 * @throws {Refusal} `InvalidApprovers`
 */
export function requireFitting(
  approvers: readonly Approver[],
  drafted: readonly Approver[] | null | undefined,
): void {
  const unknown = unknownAmong(approvers).map(nameOf);
  if (unknown.length > 0) {
    throw new Refusal(
      "InvalidApprovers",
      `The consortium does not know these approvers: ${unknown.join(", ")}. Name members with the type "member" and registered users with "user".`,
    );
  }
  if (drafted && drafted.length > 0 && !areSame(approvers, drafted)) {
    throw new Refusal(
      "InvalidApprovers",
      `The approvers must be those of the draft: ${drafted.map(nameOf).join(", ")}. To have others, change the draft first.`,
    );
  }
}

function areSame(some: readonly Approver[], others: readonly Approver[]): boolean {
  const names = new Set(some.map(nameOf));
  return names.size === others.length && others.every((other) => names.has(nameOf(other)));
}
