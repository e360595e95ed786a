import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import type { ReleasedCertificate } from "../../../sdk/clean-room.js";
import { type KeyPair, makeKeyPair } from "../../support/certificates.js";
import type { Collaboration } from "./collaboration.js";

/** The name by which clients ask for servers. */
const HOST = "proxy.cleanroom.local";
/** The names that servers have themselves certified. */
export const NAMES = ["dNSName:*.cleanroom.local", "iPAddress:127.0.0.1"] as const;

/** A server or client with a certificate of a contract's authority. */
export interface Party extends ReleasedCertificate {
  readonly key: KeyPair;
}

/** A clean room has a key certified, as its proxy does. */
export async function party(room: Collaboration, key = makeKeyPair("P-384")): Promise<Party> {
  const certificate = await room.room().certificate({
    publicKey: key.publicKeyPem,
    subjectName: "CN=ccr-proxy",
    subjectAlternateNames: NAMES,
    validityPeriodDays: 30,
  });
  return { ...certificate, key };
}

/** What a client hears that connects to a server and trusts what it is told to trust; the server asks clients who they are. */
export async function talk(
  server: Party,
  { ca, client, servername = HOST }: { ca?: string; client?: Party; servername?: string },
): Promise<string> {
  const identity = ({ cert, key }: Party) => ({
    cert,
    key: key.privateKey.export({ type: "pkcs8", format: "pem" }),
  });
  const listening = createServer(
    { ...identity(server), requestCert: client !== undefined, rejectUnauthorized: true, ca: server.caBundle },
    (socket: TLSSocket) => {
      const name = socket.getPeerCertificate().subject as { CN: string } | undefined;
      socket.end(name === undefined ? "" : ` from ${name.CN}`);
    },
  );
  // a client that refuses the server breaks off
  listening.on("tlsClientError", () => undefined);
  listening.listen(0, "127.0.0.1");
  await once(listening, "listening");
  try {
    const { port } = listening.address() as AddressInfo;
    const socket = connect({
      host: "127.0.0.1",
      port,
      servername,
      ...(ca !== undefined && { ca }),
      ...(client !== undefined && identity(client)),
    });
    await once(socket, "secureConnect");
    let heard = `hello ${(socket.getPeerCertificate().subject as { CN: string }).CN}`;
    for await (const chunk of socket) heard += String(chunk);
    return heard;
  } finally {
    listening.close();
  }
}
