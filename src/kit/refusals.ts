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
  UnknownAuthenticationPolicy: 400,
  MemberNotActive: 403,

  // the store
  ViewNotKnown: 503,
  PreconditionFailed: 412,

  // contracts
  ContractNotFound: 404,
  ContractAlreadyAccepted: 405,
  ContractAlreadyExists: 409,
  ContractNotAccepted: 403,
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

  // secrets
  SecretNotFound: 404,
  SecretNotOwned: 403,
  ValueMissing: 400,
  ValueTooLarge: 400,

  // events
  TimestampMissing: 400,
  TimestampTooLarge: 400,
  TimestampInvalid: 400,
} as const;

export type RefusalCode = keyof typeof STATUS;
