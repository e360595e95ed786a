import type { Request } from "@microsoft/ccf-app";
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { decode, type Tag } from "cbor2";
import { makeCertificate } from "../../../sandbox/embedded/tls/certificates.js";
import { boundRequest, type BoundRequestOptions, serviceIdentityOf } from "../../../sdk/bound-request.js";
import { signCoseWith } from "../../../sdk/cose.js";
import { Refusal } from "../../../src/kit/refusal.js";
import { singleKey, TestCcf } from "../../support/ccf.js";
import { room, VirtualMachine } from "./service.js";

export const makeServiceCertificate = (keys = generateKeyPairSync("ec", { namedCurve: "P-384" })): string =>
  makeCertificate({
    subject: "CCF Service",
    publicKey: keys.publicKey,
    issuer: keys.privateKey,
    authority: true,
    validFrom: new Date(),
    validityDays: 1,
  });
const serviceCertificate = makeServiceCertificate();
export const service = serviceIdentityOf(serviceCertificate);

const machine = new VirtualMachine();
export const evidence = machine.evidence(room);

export const target = "/app/contracts/c1/secrets/n";
export const at = new Date("2026-03-04T05:06:07.890Z");
export const seconds = Math.floor(at.getTime() / 1000);

/** What a clean room sends, but for the changes. */
export const sent = (changes: Partial<BoundRequestOptions> = {}): Uint8Array =>
  boundRequest({
    method: "PUT",
    target,
    service,
    key: room,
    as: { evidence },
    content: { value: "weights" },
    at,
    ...changes,
  });

/** As CCF hands it to an endpoint. */
export function request(body: Uint8Array, { method = "PUT", url = target } = {}): Request {
  const buffer = new Uint8Array(body).buffer;
  const headers = { "content-type": "application/cose" };
  return { method, url, headers, body: { arrayBuffer: () => buffer } } as unknown as Request;
}

export function start(clock = at.getTime()): TestCcf {
  const tables = new TestCcf().install();
  tables.clock = clock;
  tables.put("public:ccf.gov.service.info", singleKey, { status: "Open", cert: serviceCertificate });
  return tables;
}

export function refuses(code: string, call: () => unknown, reason = /./): void {
  assert.throws(
    call,
    (error) => error instanceof Refusal && error.code === code && reason.test(error.message),
  );
}

/** The headers of a request as Maps, changed, and signed by the same key: all is well with it but for the change. */
export function withHeaders(change: (headers: Map<unknown, unknown>) => void, body = sent()): Uint8Array {
  const { contents } = decode<Tag>(body, { preferMap: true });
  const [protectedBytes, , payload] = contents as [Uint8Array, unknown, Uint8Array];
  const headers = decode<Map<number | string, unknown>>(protectedBytes, { preferMap: true });
  change(headers);
  return signCoseWith(room.privateKey, { protectedHeaders: headers, payload });
}

/** A request with another payload, signed. */
export function withPayload(payload: Uint8Array): Uint8Array {
  const { contents } = decode<Tag>(sent(), { preferMap: true });
  const [protectedBytes] = contents as [Uint8Array];
  const protectedHeaders = decode<Map<number | string, unknown>>(protectedBytes, { preferMap: true });
  return signCoseWith(room.privateKey, { protectedHeaders, payload });
}
