/** Whether proposals of one kind, by the operator of that kind, need no votes. */
export const delegatingOptions = [
  "autoapprove-constitution-proposal",
  "autoapprove-jsapp-proposal",
  "autoapprove-deploymentspec-proposal",
  "autoapprove-deploymentinfo-proposal",
  "autoapprove-cleanroompolicy-proposal",
] as const;

/** Options of the whole service. */
export const serviceOptionNames = [
  ...delegatingOptions,
  /** Whether an invitation may match an e-mail address of which the token does not say that it is verified. */
  "unverified-email-invitations",
  /** Whether attested code must use bound requests, and the form of requests that can be replayed is refused. */
  "require-bound-requests",
] as const;
