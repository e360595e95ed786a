export { Answer } from "./answer.js";
export type { IssuerInfo, KeyRequest, KeySet, SigningInfo } from "./answers.js";
export type {
  CaStatus,
  Contract,
  Event,
  OptionStatus,
  Member,
  PolicyAnswer,
  Proposal,
  Release,
} from "./answers.js";
export type { ProposalState, UserIdentity, UserInvitation } from "./answers.js";
export type { ContractOptionStatus, ContractVersion, Deployment } from "./answers.js";
export type { Approver, MemberDocument, UserDocument, UserProposal, UserProposalStatus } from "./answers.js";
export {
  attestedRequest,
  CLEAN_ROOM_KEY,
  cleanRoomKey,
  makeCleanRoomKey,
  reportDataOf,
  signedRequest,
  snpCaciEvidence,
  snpCvmEvidence,
  unwrap,
  virtualEvidence,
  virtualKeyId,
} from "./attested.js";
export type { CleanRoomKey, Evidence, SnpCaciReport, SnpCvmReport, VirtualClaims } from "./attested.js";
export { AttestedSession } from "./attested-session.js";
export type { AttestedOptions } from "./attested-session.js";
export { BOUND_REQUEST_TYPE, boundRequest, serviceIdentityOf } from "./bound-request.js";
export type { BoundRequestOptions } from "./bound-request.js";
export { CleanRoom } from "./clean-room.js";
export type {
  CertificateRequest,
  EventName,
  Released,
  ReleasedCertificate,
  ReleasedSecret,
  ReleasedSignature,
  ReleasedToken,
} from "./clean-room.js";
export { Client } from "./client.js";
export type { ClientOptions, RequestOptions, TimeLimits } from "./client.js";
export { ContractClient, eventClaim, listContracts } from "./contract.js";
export type { ContractOption, ContractText, DeploymentPart, SecretPolicy } from "./contract.js";
export {
  COSE_ALGORITHMS,
  COSE_HEADER,
  CoseError,
  decodeCoseSign1,
  signCose,
  signCoseWith,
  signGovernanceMessage,
  verifyCoseSign1,
} from "./cose.js";
export type {
  CoseContent,
  CoseErrorCode,
  CoseHeaders,
  CoseSign1,
  GovernanceMessage,
  GovernanceMessageType,
  SignCoseOptions,
} from "./cose.js";
export { verifyCoseReceipt } from "./cose-receipt.js";
export type { VerifiedCoseReceipt } from "./cose-receipt.js";
export {
  listMemberDocuments,
  listUserDocuments,
  MemberDocumentClient,
  UserDocumentClient,
  userDocumentClaim,
  UserProposalClient,
} from "./documents.js";
export type { UserDraft } from "./documents.js";
export { codeOf, ServiceError, UsageError, VerificationError } from "./errors.js";
export { fetchReceipt } from "./fetch-receipt.js";
export {
  activateMember,
  BALLOTS,
  getActions,
  getProposal,
  listMembers,
  listProposals,
  passProposal,
  propose,
  vote,
  withdraw,
} from "./governance.js";
export type { Action, Decision } from "./governance.js";
export { memberIdOf } from "./identity.js";
export type { Identity } from "./identity.js";
export {
  clientOfNode,
  committedTransaction,
  consensus,
  getNode,
  listNodes,
  nodeState,
  nodeStatuses,
  primaryOf,
  removableNodes,
  untilCaughtUp,
  untilTrusted,
} from "./nodes.js";
export type { Consensus, NodeState, NodeStatus, ServiceNode } from "./nodes.js";
export { proposalHistory } from "./proposal-history.js";
export { claimsDigestOf, ReceiptError, verifyReceipt } from "./receipt.js";
export type { Expected, Receipt, ReceiptErrorCode, VerifiedReceipt } from "./receipt.js";
export {
  decryptShare,
  encryptedRecoveryShare,
  fetchRecoveryShare,
  submitDecryptedShare,
  submitRecoveryShare,
} from "./recovery.js";
export type { RecoveryShare, SharesSubmitted } from "./recovery.js";
export { previousServiceCertificate, serviceInfo, verifyPreviousService } from "./service.js";
export type { ServiceInfo } from "./service.js";
export { generateSigningKey, signedBytes, signingInfo, verifyPayload } from "./signing.js";
export type { PayloadKey } from "./signing.js";
export { generateTokenKey, issuerInfo, setIssuerUrl, tokenKeys, tokenQuery } from "./token.js";
export type { TokenRequest } from "./token.js";
export { inviteUser, registerInvited, registerUser, UsersClient } from "./users.js";
export type { InvitationClaims } from "./users.js";
export type { WaitOptions } from "./waiting.js";
