/** Every code with which the application refuses a request, and its HTTP status. Codes and statuses never change. */
export const STATUS = {
  // requests
  InvalidJson: 400,
  InvalidBody: 400,
  InvalidPath: 400,
  InvalidQuery: 400,
  InvalidParameter: 400,
  NotCanonical: 400,

  // callers
  CallerNotAuthorized: 403,
  CallerTenantNotAuthorized: 403,
  CallerIssuerNotAuthorized: 403,
  TokenAudienceMismatch: 403,
  UnknownAuthenticationPolicy: 400,
  MemberNotActive: 403,
  NotContractParty: 403,

  // the store
  ViewNotKnown: 503,
  PreconditionFailed: 412,

  // contracts
  ContractNotFound: 404,
  ContractAlreadyAccepted: 405,
  ContractAlreadyExists: 409,
  ContractNotAccepted: 403,
  ContractEnded: 403,
  ContractExpired: 403,
  ContractIdMissing: 400,
  ContractIdMismatch: 400,
  DataMissing: 400,
  InvalidOption: 400,
  ExecutionDisabled: 403,

  // attested requests
  AttestationMissing: 400,
  EncryptionMissing: 400,
  EncryptionKeyUnsupported: 400,
  SignatureMissing: 400,
  UnsupportedPlatform: 400,
  VerifySnpAttestationFailed: 400,
  VerifyJwtAttestationFailed: 400,
  ReportDataMismatch: 400,
  SignatureMismatch: 400,
  RequestReplayed: 409,

  // bound requests and attested sessions
  BoundRequestRequired: 400,
  InvalidBoundRequest: 400,
  RequestTargetMismatch: 400,
  ServiceMismatch: 400,
  RequestExpired: 400,
  SessionNotFound: 403,

  // delegated policies
  InvalidPolicy: 400,

  // secrets
  SecretNotFound: 404,
  SecretNotOwned: 403,
  ValueMissing: 400,
  ValueTooLarge: 400,

  // events
  TimestampMissing: 400,
  TimestampTooLarge: 400,
  TimestampInvalid: 400,

  // documents of members
  DocumentNotFound: 404,
  DocumentAlreadyAccepted: 405,
  DocumentAlreadyExists: 409,

  // documents of users
  UserDocumentNotFound: 404,
  UserDocumentAlreadyAccepted: 405,
  UserDocumentAlreadyExists: 409,
  UserDocumentAlreadyProposed: 409,
  UserDocumentNotAccepted: 400,
  InvalidUserDocumentId: 400,
  InvalidUserDocumentRuntimeOption: 400,
  NotUserDocumentApprover: 403,

  // proposals of users
  ProposalNotFound: 404,
  ProposalAlreadyExists: 409,
  ProposalNotOpen: 409,
  ApproversMissing: 400,
  EmptyApprovers: 400,
  InvalidApprovers: 400,
  InvalidProposalType: 400,
  NotProposalOwner: 403,
  NotProposalApprover: 403,
  BallotAlreadySubmitted: 409,
  InvalidBallotValue: 400,

  // users and invitations
  UserIdentityNotFound: 404,
  InvitationNotFound: 404,
  InvitationNotOpen: 409,
  InvitationWithoutClaims: 409,
  OidClaimMissing: 404,
  TokenClaimMissing: 403,
  TokenClaimMismatch: 403,

  // tokens and signatures of the service
  OidcIssuerNotEnabled: 405,
  SigningNotEnabled: 405,
  SigningKeyNotAvailable: 405,
  IssuerUrlNotSet: 405,
  IssuerUrlNotConfigured: 403,
  InvalidUrl: 400,
  NoTenantId: 400,
  InvalidInput: 400,
  SubjectNotGranted: 403,
  PayloadMissing: 400,
  PayloadInvalid: 400,

  // certificate authorities
  CANotEnabled: 405,
  NoCASigningKey: 404,
  InvalidSubjectName: 400,
  InvalidSubjectAlternateName: 400,
  InvalidPublicKey: 400,
  InvalidCsr: 400,
  CaPolicyViolation: 403,
} as const;

export type RefusalCode = keyof typeof STATUS;
