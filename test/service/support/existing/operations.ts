import type { Form, Formed } from "./forms.js";

/**
 * Every operation that existing clients know, below `/app`, and the form of its answer when it succeeds. It is taken from how
 * the reference answers (its contract §1 and §3), never from this service.
 */

/** No body. */
export const NOTHING = "nothing";

const version = /^\d+\.\d+$/;
const iso = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const pem = /^-----BEGIN [A-Z ]+-----\n/;
const list = <const F extends Form>(item: F) => ({ value: [item], "nextLink?": "text" }) as const;
const ids = ["text"] as const;
/** To be unwrapped with the key that the request bound. */
const wrapped = { value: /^[A-Za-z0-9+/]+=*$/ } as const;
const consent = { status: /^(enabled|disabled)$/, "reason?": { code: "text", message: "text" } } as const;
const claims = { "*": ["any"] } as const;
const drafted = {
  id: "text",
  /** Of a proposal: the version that its proposer sent along. */
  "version?": version,
  state: /^(Draft|Proposed|Accepted)$/,
  data: "any",
  proposalId: "text",
} as const;
const approvers = [{ approverId: "text", approverIdType: /^(member|user)$/ }] as const;
const ballots = [{ approverId: "text", ballot: /^(accepted|rejected)$/ }] as const;
const memberDocument = {
  ...drafted,
  contractId: "text",
  "finalVotes?": [{ memberId: "text", vote: "flag" }],
} as const;
/** Labels and approvers come as they were stored, so they may be `null`. */
const userDocument = {
  ...drafted,
  contractId: "text",
  "labels?": "any",
  "approvers?": "any",
  proposerId: "text",
  "finalVotes?": ballots,
} as const;
const memberDocuments = [{ id: "text" }] as const;
const userDocuments = list({ id: "text", "labels?": "any" });
const decision = {
  proposerId: "text",
  state: /^(Open|Accepted|Rejected|Withdrawn)$/,
  ballots,
} as const;
const identity = {
  id: "text",
  accountType: "text",
  "invitationId?": "text",
  data: { tenantId: "text", "identifier?": "text" },
} as const;
const invitation = {
  invitationId: "text",
  accountType: "text",
  claims,
  "userInfo?": { userId: "text", data: { tenantId: "text" } },
  status: /^(Open|Accepted|Finalized)$/,
} as const;
const key = { reqId: /^\d+$/, kid: "text" } as const;
/** Clients know the time under one name in the latest event, and under another in a range. */
const event = {
  scope: "text",
  id: "text",
  seqno: "number",
  timestamp: /^\d{13}$/,
  timestamp_iso: iso,
  timestampIso: iso,
  data: "any",
} as const;
const deployment = { proposalIds: ids, data: "any" } as const;

export const operations = {
  // contracts
  "GET /contracts": list({ id: "text" }),
  "PUT /contracts/{contractId}": NOTHING,
  "POST /contracts/{contractId}": { ...drafted, "finalVotes?": [{ memberId: "text", vote: "flag" }] },
  "POST /contracts/{contractId}/runtimeoptions/{option}/status": { ...consent, "proposalIds?": ids },
  "POST /contracts/{contractId}/runtimeoptions/{option}/enable": NOTHING,
  "POST /contracts/{contractId}/runtimeoptions/{option}/disable": NOTHING,
  "GET /contracts/{contractId}/events": list(event),
  "PUT /contracts/{contractId}/events": NOTHING,
  "GET /contracts/{contractId}/secrets": list({ secretId: "text" }),
  "PUT /contracts/{contractId}/secrets/{secretName}": { secretId: "text" },
  "POST /contracts/{contractId}/secrets/{secretId}": wrapped,
  "POST /contracts/{contractId}/cleanroompolicy": { proposalIds: ids, policy: claims },
  "GET /contracts/{contractId}/cleanroompolicy/delegates": list({ delegateType: "text", delegateId: "text" }),
  "POST /contracts/{contractId}/cleanroompolicy/delegates/{delegateType}/{delegateId}": { claims },
  "PUT /contracts/{contractId}/cleanroompolicy/delegates/{delegateType}/{delegateId}": NOTHING,
  "POST /contracts/{contractId}/deploymentspec": deployment,
  "POST /contracts/{contractId}/deploymentinfo": deployment,
  "POST /contracts/{contractId}/oauth/token": wrapped,
  "POST /contracts/{contractId}/signing/sign": wrapped,
  "POST /contracts/{contractId}/ca/generateSigningKey": { requestId: /^\d+$/ },
  "POST /contracts/{contractId}/ca/generateEndorsedCert": wrapped,
  "POST /contracts/{contractId}/ca/status": {
    enabled: "flag",
    proposalIds: ids,
    "caCert?": pem,
    "publicKey?": pem,
  },
  // documents
  "GET /contracts/{contractId}/memberdocuments": memberDocuments,
  "PUT /contracts/{contractId}/memberdocuments/{documentId}": NOTHING,
  "POST /contracts/{contractId}/memberdocuments/{documentId}": memberDocument,
  "POST /contracts/{contractId}/memberdocuments/accepted/{documentId}": wrapped,
  "GET /contracts/{contractId}/userdocuments": userDocuments,
  "PUT /contracts/{contractId}/userdocuments/{documentId}": NOTHING,
  "POST /contracts/{contractId}/userdocuments/{documentId}": userDocument,
  "POST /contracts/{contractId}/userdocuments/accepted/{documentId}": wrapped,
  "GET /memberdocuments": memberDocuments,
  "PUT /memberdocuments/{documentId}": NOTHING,
  "GET /memberdocuments/{documentId}": memberDocument,
  "GET /userdocuments": userDocuments,
  "PUT /userdocuments/{documentId}": NOTHING,
  "GET /userdocuments/{documentId}": userDocument,
  "POST /contracts/{contractId}/userdocuments/{documentId}/runtimeoptions/{option}/status": consent,
  "POST /contracts/{contractId}/userdocuments/{documentId}/runtimeoptions/{option}/enable": NOTHING,
  "POST /contracts/{contractId}/userdocuments/{documentId}/runtimeoptions/{option}/disable": NOTHING,
  // users, proposals, options
  "GET /users/identities": list(identity),
  "POST /users/identities/self/status": { active: "flag" },
  "POST /users/identities/{identityId}": identity,
  "GET /users/invitations": list(invitation),
  "POST /users/invitations/{invitationId}": invitation,
  "POST /users/invitations/{invitationId}/accept": NOTHING,
  "GET /proposals/{proposalId}/historical": list({
    seqno: "number",
    proposalId: "text",
    proposalState: "text",
  }),
  "POST /users/proposals/{proposalId}": {
    proposalId: "text",
    name: "text",
    approvers,
    args: { documentId: "text", document: { contractId: "text", data: "any" } },
  },
  "PUT /users/proposals/{proposalId}": { proposalId: "text" },
  "POST /users/proposals/{proposalId}/status": decision,
  "POST /users/proposals/{proposalId}/withdraw": decision,
  "POST /users/proposals/{proposalId}/ballots/submit": decision,
  "POST /runtimeoptions/{option}/status": { status: /^(enabled|disabled)$/ },
  // tokens and signatures
  "GET /oidc/.well-known/openid-configuration": {
    issuer: "text",
    jwks_uri: "text",
    response_types_supported: ids,
    id_token_signing_alg_values_supported: ids,
  },
  "GET /oidc/keys": {
    keys: [{ alg: "text", use: /^sig$/, kty: /^RSA$/, kid: "text", e: "text", n: "text" }],
  },
  "POST /oidc/generateSigningKey": key,
  "POST /oidc/setIssuerUrl": NOTHING,
  "POST /oidc/issuerInfo": {
    enabled: "flag",
    "issuerUrl?": "text",
    "tenantData?": { tenantId: "text", issuerUrl: "text" },
  },
  "POST /signing/generateSigningKey": key,
  "POST /signing/info": { enabled: "flag", publicKeyPem: "text" },
} as const satisfies Readonly<Record<string, Form | typeof NOTHING>>;

export type Operation = keyof typeof operations;

/** What an operation answers. */
export type AnswerOf<O extends Operation> = (typeof operations)[O] extends infer F
  ? F extends typeof NOTHING
    ? undefined
    : Formed<F>
  : never;
