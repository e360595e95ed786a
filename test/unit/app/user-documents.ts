import { getUserDocument, putUserDocument } from "../../../src/endpoints/userdocuments.js";
import {
  getUserProposalStatus,
  postUserBallot,
  postWithdrawal,
  putUserProposal,
} from "../../../src/endpoints/userproposals.js";
import type { Approver } from "../../../src/governance/tables.js";
import { alice, type Answer, asMember, asToken, asUser, type Caller, Service } from "./service.js";

/** A user by certificate, and one by token. */
export const dora = "e".repeat(64);
export const erik = "2f0c3e5b-8f8c-4cbb-9a9c-6a3a3c1f0a51";
export const asDora = asUser(dora);
export const asErik = asToken({ oid: erik, tid: "t1" });

export const member = (approverId: string): Approver => ({ approverId, approverIdType: "member" });
export const user = (approverId: string): Approver => ({ approverId, approverIdType: "user" });

/** What a proposal that can be made leaves out or says otherwise. */
export interface Changes {
  readonly caller?: Caller;
  readonly proposalId?: string;
  readonly documentId?: string;
  readonly document?: object;
}

/** The documents of users of a service with two contracts, two users, and short words for what happens to document `d1`. */
export class UserDocuments {
  readonly service = new Service();
  readonly ccf = this.service.ccf;

  constructor() {
    for (const contractId of ["c1", "c2"]) this.ccf.put("public:contracts", contractId, { data: "draft" });
    this.ccf.putText("public:ccf.gov.users.certs", dora, "a certificate");
    const identity = { accountType: "microsoft", data: { tenantId: "t1" } };
    this.ccf.put("public:ccf.gov.user_identities", erik, identity);
  }

  put(body: unknown, { caller = asDora, documentId = "d1", contractId = "c1" } = {}): Answer {
    return this.service.call(putUserDocument, { caller, params: { contractId, documentId }, body });
  }

  read(documentId = "d1"): Answer["body"] {
    const params = { contractId: "c1", documentId };
    return this.service.call(getUserDocument, { caller: asMember(alice), params }).body;
  }

  propose(approvers: readonly Approver[], changes: Changes = {}): Answer {
    const { documentId = "d1", document = { contractId: "c1", data: "text" } } = changes;
    return this.send({ name: "set_user_document", approvers, args: { documentId, document } }, changes);
  }

  send(body: unknown, { caller = asDora, proposalId = "p1" }: Changes = {}): Answer {
    return this.service.call(putUserProposal, { caller, params: { proposalId }, body });
  }

  vote(caller: Caller, ballot: unknown = "accepted", proposalId = "p1"): Answer {
    return this.service.call(postUserBallot, { caller, params: { proposalId }, body: { ballot } });
  }

  withdraw(caller: Caller, proposalId = "p1"): Answer {
    return this.service.call(postWithdrawal, { caller, params: { proposalId } });
  }

  status(proposalId = "p1"): Answer["body"] {
    const caller = asMember(alice);
    return this.service.call(getUserProposalStatus, { caller, params: { proposalId } }).body;
  }

  /** Members vote somebody out of the consortium. */
  remove({ approverId, approverIdType }: Approver): void {
    const tables = ["public:ccf.gov.users.certs", "public:ccf.gov.user_identities"];
    this.ccf.run("governance", () => {
      for (const name of approverIdType === "member" ? ["public:ccf.gov.members.info"] : tables)
        ccf.kv[name]?.delete(ccf.strToBuf(approverId));
    });
  }

  /** As if {@link remove} had not happened. */
  restore({ approverId }: Approver): void {
    this.ccf.put("public:ccf.gov.members.info", approverId, { status: "Active" });
  }
}
