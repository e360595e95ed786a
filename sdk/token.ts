import { randomUUID } from "node:crypto";
import * as answers from "./answers.js";
import type { IssuerInfo, KeyRequest, KeySet } from "./answers.js";
import type { Client } from "./client.js";
import { query } from "./path.js";

/** What attested code wants a token to say. */
export interface TokenRequest {
  /** The contract's id, or begins with it and `-` or `/`; another one the members must have granted to the contract. */
  readonly subject: string;
  readonly audience: string;
  /** The tenant whose issuer the token names. */
  readonly tenantId: string;
  /** Another issuer of the tenant, or that the members voted for. */
  readonly issuer?: string;
  /** Seconds, 300 by default and 3600 at most. */
  readonly lifetime?: number;
}

const USUAL_LIFETIME = 300;

/**
 * The query with which attested code asks for a token.
 *
 * @param now milliseconds since 1970
 */
export function tokenQuery(request: TokenRequest, now = Date.now()): string {
  const { subject, audience, tenantId, issuer, lifetime = USUAL_LIFETIME } = request;
  const seconds = Math.floor(now / 1000);
  const times = { nbf: seconds, exp: seconds + lifetime, iat: seconds };
  return query({ ...times, jti: randomUUID(), sub: subject, tid: tenantId, aud: audience, iss: issuer });
}

/** The keys that verify tokens of the service (RFC 7517). Anybody may ask. @throws {ServiceError} `SigningKeyNotAvailable` */
export async function tokenKeys(client: Client): Promise<KeySet> {
  return (await client.get("/app/oidc/keys")).as(answers.keySet);
}

/**
 * Has the key for tokens made that the members voted for, unless it is there.
 *
 * @throws {ServiceError} `OidcIssuerNotEnabled`
 */
export async function generateTokenKey(client: Client): Promise<KeyRequest> {
  return (await client.post("/app/oidc/generateSigningKey")).as(answers.keyRequest);
}

/** Says where the caller's tenant publishes the keys of the service. @throws {ServiceError} `InvalidUrl`, `NoTenantId` */
export async function setIssuerUrl(client: Client, url: string): Promise<string> {
  return (await client.post("/app/oidc/setIssuerUrl", { url })).writtenTxId;
}

export async function issuerInfo(client: Client): Promise<IssuerInfo> {
  return (await client.post("/app/oidc/issuerInfo")).as(answers.issuerInfo);
}
