import assert from "node:assert/strict";
import { constants, createDecipheriv, generateKeyPairSync, type KeyObject } from "node:crypto";
import { privateDecrypt, randomUUID, sign } from "node:crypto";
import { Application } from "./application.js";
import type { Address } from "./http.js";

/** The key that a sidecar makes when it starts. */
export interface SidecarKey {
  readonly privateKey: KeyObject;
  /** PEM as .NET exports it, without a newline at the end: the evidence binds these very characters. */
  readonly publicKeyPem: string;
}

export function sidecarKey(): SidecarKey {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { privateKey, publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString().trimEnd() };
}

/** What a sidecar presents of its platform, once and for all. */
export interface SidecarEvidence {
  readonly platform: string;
  readonly attestation: object;
}

/** What code asks of a token. */
export interface TokenWish {
  readonly sub: string;
  readonly tenantId: string;
  readonly aud: string;
  readonly iss?: string;
}

const contract = "/contracts/{contractId}";

/**
 * The governance sidecar of a clean room, by its local routes: each makes one request of one contract, with JSON of one of
 * three kinds: unsigned, consent, signed.
 */
export class ExistingSidecar {
  readonly #service: Address;
  readonly #contractId: string;
  readonly #key: SidecarKey;
  readonly #evidence: SidecarEvidence | undefined;
  readonly #application: Application;

  /** @param by evidence; or a token, and then no evidence is sent */
  constructor(
    service: Address,
    contractId: string,
    by: SidecarEvidence | { readonly token: string },
    key = sidecarKey(),
  ) {
    this.#service = service;
    this.#contractId = contractId;
    this.#key = key;
    this.#evidence = "token" in by ? undefined : by;
    this.#application = new Application(service, "token" in by ? by : undefined);
  }

  /** For tests of refusals: the application as the sidecar calls it. */
  get application(): Application {
    return this.#application;
  }

  async putEvent(event: unknown, query = ""): Promise<void> {
    const saying = { query, body: this.signed(event) };
    await this.#application.call(`PUT ${contract}/events`, [this.#contractId], saying);
  }

  async secret(secretId: string): Promise<string> {
    const path = [this.#contractId, secretId];
    const body = this.unsigned();
    const { value } = await this.#application.call(`POST ${contract}/secrets/{secretId}`, path, { body });
    return this.unwrap(value.value);
  }

  async putSecret(secretName: string, value: string): Promise<string> {
    const path = [this.#contractId, secretName];
    const body = this.signed({ value });
    const put = await this.#application.call(`PUT ${contract}/secrets/{secretName}`, path, { body });
    return put.value.secretId;
  }

  async delegate(type: string, id: string, policy: object): Promise<void> {
    const path = [this.#contractId, type, id];
    const operation = `PUT ${contract}/cleanroompolicy/delegates/{delegateType}/{delegateId}` as const;
    await this.#application.call(operation, path, { body: this.signed(policy) });
  }

  async token(wish: TokenWish): Promise<string> {
    const saying = { query: tokenQuery(wish), body: this.unsigned() };
    const { value } = await this.#application.call(
      `POST ${contract}/oauth/token`,
      [this.#contractId],
      saying,
    );
    return this.unwrap(value.value);
  }

  /** @returns the signature */
  async sign(payload: Uint8Array): Promise<Buffer> {
    const body = { ...this.unsigned(), payload: Buffer.from(payload).toString("base64") };
    const path = [this.#contractId];
    const { value } = await this.#application.call(`POST ${contract}/signing/sign`, path, { body });
    return Buffer.from(this.unwrap(value.value), "base64");
  }

  async certificate(wish: object): Promise<string> {
    const body = this.signed(wish);
    const path = [this.#contractId];
    const { value } = await this.#application.call(`POST ${contract}/ca/generateEndorsedCert`, path, {
      body,
    });
    const { cert } = JSON.parse(this.unwrap(value.value)) as { cert: string };
    return cert;
  }

  async consent(option: string) {
    const path = [this.#contractId, option];
    const body = this.consenting();
    const operation = `POST ${contract}/runtimeoptions/{option}/status` as const;
    return (await this.#application.call(operation, path, { body })).value;
  }

  async documentConsent(documentId: string, option: string) {
    const path = [this.#contractId, documentId, option];
    const body = this.consenting();
    const operation = `POST ${contract}/userdocuments/{documentId}/runtimeoptions/{option}/status` as const;
    return (await this.#application.call(operation, path, { body })).value;
  }

  /** @returns the document, as JSON text says it */
  async document(kind: "memberdocuments" | "userdocuments", documentId: string): Promise<unknown> {
    const operation = `POST ${contract}/${kind}/accepted/{documentId}` as const;
    const path = [this.#contractId, documentId];
    const { value } = await this.#application.call(operation, path, { body: this.unsigned() });
    return JSON.parse(this.unwrap(value.value)) as unknown;
  }

  /** Whether the caller of the sidecar is an active user; its own credentials do not matter. */
  async isActive(token: string): Promise<boolean> {
    const caller = new Application(this.#service, { token });
    return (await caller.call("POST /users/identities/self/status")).value.active;
  }

  /** The first 256 bytes are the key of the rest. */
  unwrap(value: string): string {
    const bytes = Buffer.from(value, "base64");
    const { privateKey } = this.#key;
    const padding = constants.RSA_PKCS1_OAEP_PADDING;
    const key = privateDecrypt({ key: privateKey, padding, oaepHash: "sha256" }, bytes.subarray(0, 256));
    assert.equal(key.length, 32, "AES-256");
    const cipher = createDecipheriv("id-aes256-wrap-pad", key, Buffer.from("a65959a6", "hex"));
    return Buffer.concat([cipher.update(bytes.subarray(256)), cipher.final()]).toString("utf8");
  }

  unsigned() {
    return { encrypt: { publicKey: this.#publicKey }, ...this.consenting() };
  }

  consenting() {
    return this.#evidence ?? { platform: null, attestation: null };
  }

  signed(content: unknown) {
    const data = Buffer.from(JSON.stringify(content), "utf8");
    const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    const signature = sign("sha256", data, { key: this.#key.privateKey, ...padding }).toString("base64");
    return {
      data: data.toString("base64"),
      timestamp: String(Date.now()),
      sign: { signature, publicKey: this.#publicKey },
      ...this.unsigned(),
    };
  }

  get #publicKey(): string {
    return Buffer.from(this.#key.publicKeyPem, "utf8").toString("base64");
  }
}

/** Times are in seconds; the question mark is followed by an ampersand, and by the names in this order. */
export function tokenQuery({ sub, tenantId, aud, iss }: TokenWish): string {
  const now = Math.floor(Date.now() / 1000);
  const times = `nbf=${now}&exp=${now + 300}&iat=${now}`;
  const issuer = iss === undefined ? "" : `&iss=${iss}`;
  return `?&${times}&jti=${randomUUID()}&sub=${sub}&tid=${tenantId}&aud=${aud}${issuer}`;
}
