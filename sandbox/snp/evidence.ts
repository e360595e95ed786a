import { createHash } from "node:crypto";
import { connect } from "node:tls";
import { Client } from "../../sdk/client.js";
import { ServiceError, VerificationError } from "../../sdk/errors.js";
import { cpuidOf } from "../../src/policy/snp-tcb.js";
import { type Of, shape } from "../../src/schemas/shape.js";
import { SnpVerificationError } from "../embedded/snp/errors.js";
import { type Trust, verifySnpAttestation } from "../embedded/snp/verify.js";
import type { UvmEndorsement } from "../embedded/snp/uvm-endorsement.js";

const base64 = { type: "string", pattern: "^[A-Za-z0-9+/]*={0,2}$" } as const;

/** As CCF gives it of each node (`GET /node/quotes`). */
const quotesShape = shape("quotes of nodes", {
  type: "object",
  required: ["quotes"],
  properties: {
    quotes: {
      type: "array",
      items: {
        type: "object",
        required: ["node_id", "format", "raw", "endorsements"],
        properties: {
          node_id: { type: "string", pattern: "^[0-9a-f]{64}$" },
          format: { type: "string" },
          raw: base64,
          endorsements: base64,
          uvm_endorsements: base64,
        },
      },
    },
  },
});
type Quote = Of<typeof quotesShape>["quotes"][number];

/** What the hardware of a node attests, in the terms in which members vote about it. Bytes are lower-case hex. */
export interface NodeEvidence {
  readonly nodeId: string;
  /** `add_snp_host_data`: SHA-256 of the security policy. */
  readonly hostData: string;
  /** `add_snp_measurement`, where nobody endorses it. */
  readonly measurement: string;
  /** `add_snp_uvm_endorsement`: who endorses the measurement. */
  readonly uvm: UvmEndorsement | undefined;
  /** `set_snp_minimum_tcb_version_hex`: the processor, and the version of its firmware. */
  readonly cpuid: string;
  readonly tcbVersion: string;
}

/**
 * Verifies the evidence of all nodes of a service, before members open it or let it have what decrypts its ledger. That it
 * says nothing of others stands on the connection: the key of the node that answers is the one that its own hardware
 * attests, so what it says of the others was said by attested code.
 *
 * @param hostData of the code that is expected; without it, a caller has to compare what is returned
 * @throws {VerificationError} `NotConfidential`, `InvalidEvidence`, `OtherKey`, `OtherPolicy`
 * @throws {ServiceError} if the node cannot be asked
 */
export async function verifyNodes(
  node: { readonly url: string; readonly serviceCertificatePem: string },
  hostData?: string,
  trust?: Trust,
): Promise<NodeEvidence[]> {
  const client = new Client(node);
  try {
    const [{ quotes }, keyDigest] = await Promise.all([
      client.get("/node/quotes").then((answer) => answer.as(quotesShape)),
      digestOfKey(node),
    ]);
    const evidence = quotes.map((quote) => verifyQuote(quote, hostData, trust));
    if (evidence.some(({ nodeId }) => nodeId === keyDigest)) return evidence;
    throw new VerificationError("OtherKey", `${node.url} answers with a key that no hardware attests`);
  } finally {
    client.close();
  }
}

function verifyQuote(quote: Quote, hostData: string | undefined, trust: Trust | undefined): NodeEvidence {
  const { node_id: nodeId, format } = quote;
  const refuse = (code: string, what: string, cause?: unknown) =>
    new VerificationError(code, `Node ${nodeId} ${what}`, { cause });
  if (format !== "AMD_SEV_SNP_v1")
    throw refuse("NotConfidential", `runs on no confidential hardware: its evidence is ${format}`);
  const bytes = (text: string) => Buffer.from(text, "base64");
  const uvmEndorsement = quote.uvm_endorsements === undefined ? undefined : bytes(quote.uvm_endorsements);
  let verified;
  try {
    verified = verifySnpAttestation(
      bytes(quote.raw),
      bytes(quote.endorsements),
      uvmEndorsement,
      undefined,
      trust,
    );
  } catch (error) {
    if (!(error instanceof SnpVerificationError)) throw error;
    throw refuse("InvalidEvidence", `gives evidence that does not hold: ${error.message}`, error);
  }
  const { attestation, uvm_endorsements: uvm } = verified;
  const hex = (value: Uint8Array) => Buffer.from(value).toString("hex");
  // A node attests the SHA-256 of its public key, which is its id, in the first half of the report data.
  if (hex(attestation.report_data) !== nodeId.padEnd(128, "0"))
    throw refuse("OtherKey", "gives evidence of another key than its own");
  const found = hex(attestation.host_data);
  if (hostData !== undefined && found !== hostData)
    throw refuse("OtherPolicy", `runs under the security policy with host data ${found}, not ${hostData}`);
  return {
    nodeId,
    hostData: found,
    measurement: hex(attestation.measurement),
    uvm,
    cpuid: cpuidOf(attestation),
    tcbVersion: attestation.reported_tcb,
  };
}

/** SHA-256 of the public key (SPKI, DER) of whatever answers there, if its certificate is the service's. */
function digestOfKey({ url, serviceCertificatePem }: { url: string; serviceCertificatePem: string }) {
  const { hostname, port } = new URL(url);
  return new Promise<string>((resolve, reject) => {
    const options = { host: hostname, port: Number(port || 443), ca: serviceCertificatePem };
    const socket = connect(options, () => {
      const key = socket.getPeerX509Certificate()?.publicKey.export({ type: "spki", format: "der" });
      socket.destroy();
      resolve(
        createHash("sha256")
          .update(key ?? "")
          .digest("hex"),
      );
    });
    socket.setTimeout(30_000, () => socket.destroy(new Error("no answer within 30 s")));
    socket.once("error", (cause: Error) =>
      reject(new ServiceError(0, "Unreachable", `${url}: ${cause.message}`, [], { cause })),
    );
  });
}
