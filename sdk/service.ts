import { shape } from "../src/schemas/shape.js";
import { serviceIdentityOf } from "./bound-request.js";
import type { Client } from "./client.js";
import { VerificationError } from "./errors.js";
import { gov } from "./governance.js";

const text = { type: "string" } as const;
const count = { type: "integer", minimum: 0 } as const;

const infoAnswer = shape("serviceInfo", {
  type: "object",
  required: ["status", "certificate", "recoveryCount"],
  properties: {
    status: text,
    certificate: text,
    recoveryCount: count,
    configuration: {
      type: "object",
      required: ["recoveryThreshold"],
      properties: { recoveryThreshold: count },
    },
  },
});

const previousAnswer = shape("previousIdentity", {
  type: "object",
  required: ["previous_service_identity"],
  properties: { previous_service_identity: text },
});

/** What a service says of itself. */
export interface ServiceInfo {
  /** As CCF names it: `Opening`, `Open`, `Recovering` or `WaitingForRecoveryShares`. */
  readonly status: string;
  readonly certificatePem: string;
  /** How often it was recovered after a disaster; each time it has another key, and so another certificate. */
  readonly recoveryCount: number;
  /** How many members it takes to recover it. */
  readonly recoveryThreshold: number | undefined;
}

export async function serviceInfo(client: Client): Promise<ServiceInfo> {
  const answer = (await client.get(gov("/service/info"))).as(infoAnswer);
  return {
    status: answer.status,
    certificatePem: answer.certificate,
    recoveryCount: answer.recoveryCount,
    recoveryThreshold: answer.configuration?.recoveryThreshold,
  };
}

/** The certificate of the service before it was last recovered, PEM; `undefined` if it never was. */
export async function previousServiceCertificate(client: Client): Promise<string | undefined> {
  const answer = await client.exchange("GET", "/node/service/previous_identity");
  if (answer.status === 404) return undefined;
  if (answer.status !== 200) throw answer.refusal("GET /node/service/previous_identity");
  return answer.as(previousAnswer).previous_service_identity;
}

/**
 * Checks that a service says that it was recovered from the one which had a certificate.
 *
 * It is the word of the service that the client trusts already: it keeps one from mistaking one consortium's service for
 * another's, and does not replace a reason to trust the new certificate (docs/recovery.md has those).
 *
 * @param previousCertificatePem of the service before; one that was renewed since is as good, for the key is compared
 * @throws {VerificationError} `ServiceDiffers`
 */
export async function verifyPreviousService(client: Client, previousCertificatePem: string): Promise<void> {
  const wanted = serviceIdentityOf(previousCertificatePem);
  const said = await previousServiceCertificate(client);
  const found = said === undefined ? undefined : serviceIdentityOf(said);
  if (found === wanted) return;
  const before = found === undefined ? "was never recovered" : `was recovered from the service ${found}`;
  throw new VerificationError("ServiceDiffers", `The service at ${client.url} ${before}, not from ${wanted}`);
}
