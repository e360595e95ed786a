import { generateKeyPairSync } from "node:crypto";
import { attestedRequest, signedRequest } from "../../sdk/attested.js";
import { BOUND_REQUEST_TYPE, boundRequest, serviceIdentityOf } from "../../sdk/bound-request.js";
import { tokenQuery } from "../../sdk/token.js";
import { openedSession } from "../../src/schemas/answers/sessions.js";
import type { Room, Scene } from "../load/scene.js";
import type { BenchRequest } from "./measure.js";
import { verificationBody, yardsticks } from "./yardsticks.js";

/** Kinds of request about which something is promised, and with which they are compared. */
export const KIND = {
  empty: "empty handler",
  read: "read a contract",
  eventJson: "write an event, JSON",
  eventSession: "write an event, session",
  verification: "SNP verification alone",
  releaseJson: "release a secret, SNP, JSON",
  releaseSession: "release a secret, SNP, session",
} as const;

/** Makes a kind of request when it is about to be measured, for so many seconds. */
type Make = (seconds: number) => BenchRequest | Promise<BenchRequest>;

/** More of the requests that count only once than any engine carries out on such a machine. */
const MOST_PER_SECOND = 2000;

/** Every kind of request; those with real evidence where it is there. */
export async function requestsOf(scene: Scene): Promise<ReadonlyMap<string, Make>> {
  const { room, net } = scene;
  const [member] = net.members;
  const base = `/app/contracts/${room.contractId}`;
  // a token is asked for from now on, so what asks for it is made when it is sent
  const token = () => {
    const asked = { subject: room.contractId, audience: "api://bench", tenantId: "bench", lifetime: 3000 };
    return `${base}/oauth/token${tokenQuery(asked)}`;
  };
  const json = (content: unknown) => JSON.stringify(signedRequest(room.key, room.evidence, content));
  const event = (n: number) => ({ data: { n }, timestamp: String(Date.now()) });
  const caller = { cert: member.certificatePem, key: member.privateKeyPem };
  const certificate = certificateRequest();
  return new Map<string, Make>([
    ["empty handler, fixed path", () => ({ method: "POST", path: `/app${yardsticks.empty}` })],
    [KIND.empty, () => ({ method: "POST", path: `/app${yardsticks.empty}/x` })],
    [KIND.read, () => ({ method: "POST", path: base, ...caller })],
    [
      KIND.eventJson,
      (seconds) => ({
        method: "PUT",
        path: `${base}/events`,
        body: onePerRequest((n) => json({ n }), seconds),
      }),
    ],
    [KIND.eventSession, (seconds) => inSession(scene, room, "PUT", `${base}/events`, seconds, event)],
    ["release a secret, virtual, JSON", () => jsonRelease(room)],
    ["release a secret, virtual, session", (seconds) => sessionRelease(scene, room, seconds)],
    ["release a token, session", (seconds) => inSession(scene, room, "POST", token(), seconds)],
    [
      "release a certificate, session",
      (seconds) =>
        inSession(scene, room, "POST", `${base}/ca/generateEndorsedCert`, seconds, () => certificate),
    ],
    ...(await withRealEvidence(scene)),
  ]);
}

async function withRealEvidence(scene: Scene): Promise<[string, Make][]> {
  const room = await scene.addRealRoom();
  if (room === undefined) return [];
  const { report, certificates, uvmEndorsement } = room.real;
  const body = verificationBody(report, Buffer.from(certificates), uvmEndorsement).toString("base64");
  const contentType = "application/octet-stream";
  const path = `/app${yardsticks.verification}/x`;
  return [
    [KIND.verification, () => ({ method: "POST", path, body, contentType })],
    [KIND.releaseJson, () => jsonRelease(room)],
    [KIND.releaseSession, (seconds) => sessionRelease(scene, room, seconds)],
  ];
}

const jsonRelease = ({ contractId, secretId, key, evidence }: Room): BenchRequest => ({
  method: "POST",
  path: `/app/contracts/${contractId}/secrets/${secretId}`,
  body: JSON.stringify(attestedRequest(key, evidence)),
});

const sessionRelease = (scene: Scene, room: Room, seconds: number) => {
  const { contractId, secretId } = room;
  return inSession(scene, room, "POST", "/app/attestation/secrets", seconds, () => ({
    contractId,
    secretId,
  }));
};

/** Bound requests in a session that is opened for them. */
async function inSession(
  { net }: Scene,
  { key, evidence }: Room,
  method: string,
  path: string,
  seconds: number,
  content?: (n: number) => Readonly<Record<string, unknown>>,
): Promise<BenchRequest> {
  const service = serviceIdentityOf(net.workspace.serviceCertificatePem);
  const request = { service, key };
  const opening = { method: "POST", target: "/app/attestation/sessions", as: { evidence } };
  const opened = await net.client.request("POST", opening.target, {
    body: boundRequest({ ...request, ...opening }),
    contentType: BOUND_REQUEST_TYPE,
  });
  const as = { session: opened.as(openedSession).session };
  const body = onePerRequest((n) => {
    const asked = content && { content: content(n) };
    return Buffer.from(boundRequest({ ...request, method, target: path, as, ...asked })).toString("base64");
  }, seconds);
  return { method, path, body, contentType: BOUND_REQUEST_TYPE };
}

/** What differs from request to request is made beforehand, since none is accepted twice. */
function onePerRequest(make: (n: number) => string, seconds: number): string[] {
  return Array.from({ length: MOST_PER_SECOND * (seconds + 1) }, (_, n) => make(n));
}

function certificateRequest() {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
  return {
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
    subjectName: "CN=bench.example.com",
    subjectAlternateNames: ["dNSName:bench.example.com"],
    validityPeriodDays: 10,
  };
}
