import {
  COSE_HEADER,
  CoseError,
  decodeCoseSign1,
  verifyCoseSign1,
  type CoseSign1,
} from "../../../sdk/cose.js";
import { resolveDidX509 } from "./didx509.js";
import { SnpVerificationError } from "./errors.js";

/** Who endorses the launch measurement of a utility VM (UVM), the guest that runs a confidential container group. */
export interface UvmEndorsement {
  /** did:x509 identifier of the issuer. */
  did: string;
  /** Which product of the issuer. */
  feed: string;
  /** Security version number, decimal. */
  svn: string;
}

/** The issuers and products that are trusted, and the oldest version of each. */
const ROOTS_OF_TRUST: readonly (Omit<UvmEndorsement, "svn"> & { minimumSvn: number })[] = [
  {
    did: "did:x509:0:sha256:I__iuL25oXEVFdTP_aBLx_eT1RPHbCQ_ECBQfYZpt9s::eku:1.3.6.1.4.1.311.76.59.1.2",
    feed: "ContainerPlat-AMD-UVM",
    minimumSvn: 100,
  },
  {
    did: "did:x509:0:sha256:I__iuL25oXEVFdTP_aBLx_eT1RPHbCQ_ECBQfYZpt9s::eku:1.3.6.1.4.1.311.76.59.1.5",
    feed: "ConfAKS-AMD-UVM",
    minimumSvn: 1,
  },
];

/** CWT claims (RFC 9597) and the content type of a payload that is a digest (draft-ietf-cose-hash-envelope). */
const CWT_CLAIMS = 15;
const PREIMAGE_CONTENT_TYPE = 259;
const CWT = { issuer: 1, subject: 2 } as const;

/** The major type of a tagged CBOR value (RFC 8949 §3.1). */
const CBOR_TAG = 6;

interface Statement {
  did: string;
  feed: string;
  contentType: string;
  chain: Uint8Array[];
  /** In the header since the issuers put it into CWT claims; before, it is in the payload. */
  svn: string | undefined;
}

/**
 * Verifies a UVM endorsement: signed by its issuer, for this launch measurement, and of a trusted issuer and product.
 *
 * @param endorsement COSE_Sign1
 * @param measurement the launch measurement in the report, 48 bytes
 */
export function verifyUvmEndorsement(endorsement: Uint8Array, measurement: Uint8Array): UvmEndorsement {
  const message = decode(endorsement);
  const statement = readStatement(message);
  const leaf = resolveDidX509(statement.chain, statement.did);
  if (!verifyCoseSign1(message, leaf.publicKey)) throw signatureFailed();
  if (statement.contentType !== "application/json") {
    throw new SnpVerificationError(
      `Unexpected payload content type ${statement.contentType}, expected application/json`,
    );
  }

  const endorsed = readPayload(message.payload ?? new Uint8Array(), statement.svn);
  const attested = Buffer.from(measurement).toString("hex");
  if (endorsed.measurement !== attested) {
    throw new SnpVerificationError(
      `Launch measurement in UVM endorsements payload ${endorsed.measurement} is not equal to UVM attestation ` +
        `measurement ${attested}`,
    );
  }

  const { did, feed } = statement;
  const { svn } = endorsed;
  const trusted = ROOTS_OF_TRUST.some(
    (root) => root.did === did && root.feed === feed && root.minimumSvn <= Number(svn),
  );
  if (!trusted) {
    throw new SnpVerificationError(
      `UVM endorsements did ${did}, feed ${feed}, svn ${svn} do not match any of the known UVM roots of trust`,
    );
  }
  return { did, feed, svn };
}

const signatureFailed = (): SnpVerificationError => new SnpVerificationError("Signature verification failed");

function decode(endorsement: Uint8Array): CoseSign1 {
  const [first] = endorsement;
  if (first !== undefined && first >> 5 !== CBOR_TAG) {
    throw new SnpVerificationError("Failed to extract tag COSE_Sign1 tag: Not a tagged value");
  }
  try {
    return decodeCoseSign1(endorsement);
  } catch (error) {
    if (!(error instanceof CoseError)) throw error;
    // A node reads the message, and only notices what follows it when it checks the signature.
    if (error.cause instanceof Error && error.cause.message.startsWith("Extra data")) throw signatureFailed();
    throw new SnpVerificationError("Failed to parse COSE envelope: Failed to parse top-level cbor");
  }
}

function readStatement({ protectedHeaders }: CoseSign1): Statement {
  const chain = [protectedHeaders.get(COSE_HEADER.x5chain)].flat();
  if (!chain.every((one) => one instanceof Uint8Array)) throw missing("x5chain");
  const cwt = protectedHeaders.get(CWT_CLAIMS);
  if (cwt instanceof Map) {
    const svn: unknown = cwt.get("svn");
    return {
      did: text(cwt.get(CWT.issuer), "iss"),
      feed: text(cwt.get(CWT.subject), "feed"),
      contentType: text(protectedHeaders.get(PREIMAGE_CONTENT_TYPE), "content type"),
      svn: typeof svn === "number" || typeof svn === "bigint" ? String(svn) : undefined,
      chain,
    };
  }
  return {
    did: text(protectedHeaders.get("iss"), "iss"),
    feed: text(protectedHeaders.get("feed"), "feed"),
    contentType: text(protectedHeaders.get(COSE_HEADER.contentType), "content type"),
    svn: undefined,
    chain,
  };
}

/** The launch measurement, in hexadecimal, and the version that the payload endorses. */
function readPayload(
  payload: Uint8Array,
  svnInHeader: string | undefined,
): { measurement: string; svn: string } {
  if (svnInHeader !== undefined)
    return { measurement: Buffer.from(payload).toString("hex"), svn: svnInHeader };
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(payload).toString("utf8"));
  } catch {
    throw new SnpVerificationError("UVM endorsements payload is not JSON");
  }
  const fields = (typeof json === "object" && json !== null ? json : {}) as Record<string, unknown>;
  const svn = fields["x-ms-sevsnpvm-guestsvn"];
  if (!/^\d+$/.test(String(svn))) {
    throw new SnpVerificationError(
      "Unable to parse sevsnpvm_guest_svn value to unsigned in UVM endorsements payload",
    );
  }
  return {
    measurement: text(fields["x-ms-sevsnpvm-launchmeasurement"], "launch measurement"),
    svn: String(svn),
  };
}

const missing = (name: string): SnpVerificationError =>
  new SnpVerificationError(`Failed to parse phdr: ${name}: Not a string value`);

function text(value: unknown, name: string): string {
  if (typeof value !== "string") throw missing(name);
  return value;
}
