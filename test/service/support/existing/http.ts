import { Agent, request as httpsRequest } from "node:https";
import type { Identity } from "../../../../sdk/identity.js";

/** A service as its clients know it. */
export interface Address {
  readonly url: string;
  readonly serviceCertificatePem: string;
}

/** By which a request is authenticated: a TLS client certificate, a bearer token, or nothing. */
export type Credentials = Pick<Identity, "certificatePem" | "privateKeyPem"> | { readonly token: string };

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** A body and what it is. */
export interface Content {
  readonly type: string;
  readonly bytes: string | Uint8Array;
  /** Sent without its length, in chunks, which is how .NET sends JSON that it makes while it sends. */
  readonly chunked?: true;
}

/** JSON as .NET sends it. */
export const json = (value: unknown): Content => ({
  type: "application/json; charset=utf-8",
  bytes: JSON.stringify(value),
  chunked: true,
});

/** Somebody who talks to a service, over connections that are kept. */
export class Connection {
  readonly service: Address;
  readonly #agent: Agent;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(service: Address, credentials?: Credentials) {
    this.service = service;
    const token = credentials !== undefined && "token" in credentials ? credentials.token : undefined;
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    this.#agent = new Agent({
      keepAlive: true,
      ca: service.serviceCertificatePem,
      ...(credentials !== undefined &&
        !("token" in credentials) && { cert: credentials.certificatePem, key: credentials.privateKeyPem }),
    });
  }

  exchange(method: string, pathAndQuery: string, content?: Content): Promise<Answer> {
    const headers = { accept: "*/*", ...this.#headers, ...headersOf(method, content) };
    return new Promise((resolve, reject) => {
      const sending = httpsRequest(this.service.url + pathAndQuery, { method, headers, agent: this.#agent });
      sending.on("error", reject);
      sending.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      });
      sending.end(content?.bytes);
    });
  }
}

function headersOf(method: string, content: Content | undefined): Record<string, string> {
  if (content === undefined) return method === "GET" ? {} : { "content-length": "0" };
  const length = String(Buffer.byteLength(content.bytes));
  return {
    "content-type": content.type,
    ...(content.chunked ? { "transfer-encoding": "chunked" } : { "content-length": length }),
  };
}
