import type { TLSSocket } from "node:tls";
import { errorResponse, RpcError } from "../errors.js";
import type { RpcRequest, RpcResponse } from "../http.js";
import type { Metrics } from "../metrics.js";
import { HttpParseError, RequestTooLarge } from "./errors.js";
import { type ParsedRequest, RequestParser } from "./request-parser.js";
import { encodeResponse } from "./response.js";

/** Answers a request; never throws. */
export type Handler = (request: RpcRequest) => RpcResponse;

/** milliseconds for which a client that is still sending may read why it was refused */
const LINGER_MS = 3000;

/** One client's connection: its requests are answered in order, each before the next is read. */
export class Connection {
  readonly #socket: TLSSocket;
  readonly #handle: Handler;
  readonly #metrics: Metrics;
  readonly #parser = new RequestParser();
  readonly #peerCertificate: Uint8Array | undefined;
  #closing = false;

  constructor(socket: TLSSocket, handle: Handler, metrics: Metrics) {
    this.#socket = socket;
    this.#handle = handle;
    this.#metrics = metrics;
    this.#peerCertificate = socket.getPeerX509Certificate()?.raw;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("drain", () => socket.resume());
  }

  #receive(chunk: Buffer): void {
    if (this.#closing) return;
    try {
      for (const request of this.#parser.parse(chunk)) {
        this.#answer(request);
        if (this.#isClosing()) return;
      }
    } catch (error) {
      this.#refuse(error, chunk);
    }
  }

  #answer(request: ParsedRequest): void {
    const response = this.#handle({ ...request, peerCertificate: this.#peerCertificate });
    this.#send(response, request.method);
    if (response.closes) this.#close();
  }

  #send(response: RpcResponse, method: string): void {
    // A client that does not read its answers gets no more of them.
    if (!this.#socket.write(encodeResponse(response, method))) this.#socket.pause();
  }

  /** CCF repeats the bytes that it could not read. */
  #refuse(error: unknown, chunk: Buffer): void {
    const { errors } = this.#metrics;
    if (error instanceof RequestTooLarge) {
      const headers = error.status === 431;
      errors[headers ? "request_header_too_large" : "request_payload_too_large"] += 1;
      const code = headers ? "RequestHeaderTooLarge" : "RequestBodyTooLarge";
      this.#send(errorResponse(new RpcError(error.status, code, error.message)), "");
    } else if (error instanceof HttpParseError) {
      errors.parsing += 1;
      const text =
        `Unable to parse data as a HTTP request. Error message is: ${error.message}\n` +
        "Error occurred while parsing fragment:\n";
      const body = Buffer.concat([Buffer.from(text), chunk]);
      this.#send({ status: 400, headers: { "content-type": "text/plain" }, body }, "");
    } else {
      this.#socket.destroy(error instanceof Error ? error : undefined);
      return;
    }
    this.#close();
  }

  /** Half-closes, and goes on reading for a while: a client that is reset while it sends would never see the answer. */
  #close(): void {
    this.#closing = true;
    this.#socket.end();
    this.#socket.resume();
    const timer = setTimeout(() => this.#socket.destroy(), LINGER_MS);
    this.#socket.once("close", () => clearTimeout(timer));
  }

  #isClosing(): boolean {
    return this.#closing;
  }
}
