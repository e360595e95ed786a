import { generateKeyPairSync } from "node:crypto";
import { decodeProtectedHeader, type JWTPayload } from "jose";
import { generateTokenKey, getKeys } from "../../../src/endpoints/oidc.js";
import { postToken } from "../../../src/endpoints/token.js";
import { type Evidence } from "../../../sdk/attested.js";
import {
  alice,
  type Answer,
  asking,
  asMember,
  room,
  Service,
  unwrapped,
  VirtualMachine,
  virtualPolicy,
} from "./service.js";

export const machine = new VirtualMachine();
export const contractId = "c1";
export const tenant = "tenant-1";
export const issuerUrl = "https://issuer.example.com/t1";
const settings = "public:ccf.gov.oidc_issuer";

/** Seconds since 1970. */
export const seconds = (): number => Math.floor(Date.now() / 1000);

/** Runs code while the clock of the node says another time, in seconds since 1970. */
export function at<T>(service: Service, time: number, run: () => T): T {
  service.ccf.clock = time * 1000;
  try {
    return run();
  } finally {
    service.ccf.clock = undefined;
  }
}

/** What the members vote about keys, of tokens or of payloads. */
export function requestKey(service: Service, reqId: string, table = settings): void {
  service.ccf.putText(table, "enabled", "true");
  service.ccf.putText(table, "generateSigningKeyRequestId", reqId);
  service.ccf.putText(table, "generateSigningKeyKid", "base");
}

export const generate = (service: Service, caller = asMember(alice)): Answer =>
  service.call(generateTokenKey, { caller });

/** A contract in force that trusts code on the machine. */
export function inForce(): Service {
  const service = new Service();
  service.acceptContract(contractId);
  service.setPolicy(contractId, virtualPolicy);
  machine.registerWith(service);
  return service;
}

const encoding = {
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
} as const;
/** One for most tests, since making one takes a while. */
const firstKey = generateKeyPairSync("rsa", { modulusLength: 2048, ...encoding });

/** As {@link inForce}, and the service issues tokens. */
export function issuing(): Service {
  const service = inForce();
  requestKey(service, "1");
  service.ccf.put("oidc_issuer.signing_keys", "signingKey", { reqId: "1", kid: "base-1", ...firstKey });
  service.ccf.putText(settings, "issuerUrl", issuerUrl);
  return service;
}

/** What sidecars ask for, but for changes; `undefined` leaves a parameter out. */
export function query(changes: Readonly<Record<string, string | number | undefined>> = {}): string {
  const now = seconds();
  const all: Readonly<Record<string, string | number | undefined>> = {
    nbf: now,
    exp: now + 300,
    iat: now,
    jti: "0b2b0f55",
    sub: contractId,
    tid: tenant,
    aud: "api://AzureADTokenExchange",
    ...changes,
  };
  const parts = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : `${name}=${value}`,
  );
  return `&${parts.join("&")}`;
}

interface Asking {
  readonly evidence?: Evidence;
  readonly contract?: string;
  readonly body?: object;
}

export const ask = (
  service: Service,
  changes: Parameters<typeof query>[0] = {},
  { evidence = machine.evidence(room), contract = contractId, body = asking(evidence) }: Asking = {},
): Answer => service.call(postToken, { params: { contractId: contract }, query: query(changes), body });

/** The token in an answer, and what it says. */
export function tokenIn(answer: Answer): {
  token: string;
  header: object;
  payload: JWTPayload;
  text: string;
} {
  const token = unwrapped(answer);
  const text = Buffer.from(token.split(".")[1] ?? "", "base64url").toString();
  return { token, header: decodeProtectedHeader(token), payload: JSON.parse(text) as JWTPayload, text };
}

/** What `oidc/keys` serves. */
export function keySet(service: Service): { keys: { kid: string; kty: string }[] } {
  return service.call(getKeys).body as unknown as ReturnType<typeof keySet>;
}
