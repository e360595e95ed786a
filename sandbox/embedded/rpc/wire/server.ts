import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { errorResponse, RpcError } from "../errors.js";
import type { Metrics } from "../metrics.js";
import { Connection, type Handler } from "./connection.js";
import { encodeResponse } from "./response.js";

/** PEM */
export interface ServerIdentity {
  readonly key: string;
  readonly certificate: string;
}

/** How many clients may be connected at a time: beyond the first number they are told, beyond the second cut off. */
export const sessionLimits = { soft: 1000, hard: 1010 } as const;

/** milliseconds for clients to take their last answers */
const GRACE_MS = 300;

/** HTTP over TLS. Every client certificate is let in: what it is good for is for authentication to say. */
export class TlsServer {
  readonly #metrics: Metrics;
  readonly #server: Server = createServer({
    requestCert: true,
    rejectUnauthorized: false,
    ALPNProtocols: ["http/1.1"],
  });
  readonly #sockets = new Set<TLSSocket>();
  #handle: Handler | undefined;

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
    this.#server.maxConnections = sessionLimits.hard;
    this.#server.on("secureConnection", (socket) => this.#accept(socket));
    this.#server.on("tlsClientError", (_error, socket) => socket.destroy());
  }

  /** Takes a port. Connections are answered once there is something to {@link serve} them. @returns the port */
  async listen(host: string, port: number, identity: ServerIdentity): Promise<number> {
    this.renew(identity);
    this.#server.listen(port, host);
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  serve(handle: Handler): void {
    this.#handle = handle;
  }

  /** Uses another certificate for the connections to come. */
  renew(identity: ServerIdentity): void {
    this.#server.setSecureContext(secureContext(identity));
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.end();
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, GRACE_MS);
    await closed;
    clearTimeout(timer);
  }

  #accept(socket: TLSSocket): void {
    this.#sockets.add(socket);
    this.#metrics.sessionOpened();
    socket.on("close", () => {
      this.#sockets.delete(socket);
      this.#metrics.sessionClosed();
    });
    // Clients come and go as they like.
    socket.on("error", () => socket.destroy());
    if (this.#handle && this.#sockets.size <= sessionLimits.soft)
      new Connection(socket, this.#handle, this.#metrics);
    else refuseSession(socket);
  }
}

function secureContext({ key, certificate }: ServerIdentity) {
  return { key, cert: certificate, minVersion: "TLSv1.2" } as const;
}

function refuseSession(socket: TLSSocket): void {
  const error = new RpcError(
    503,
    "SessionCapExhausted",
    "Service is currently busy and unable to serve new connections",
  );
  socket.end(encodeResponse(errorResponse(error), ""));
}
