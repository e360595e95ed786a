import { constants, createDecipheriv, createHash, createPublicKey, generateKeyPairSync } from "node:crypto";
import { privateDecrypt, sign, type KeyObject, type KeyPairKeyObjectResult } from "node:crypto";
import { VerificationError } from "./errors.js";

/** What a platform presents about the code that runs on it, in the fields of a request. */
export interface Evidence {
  readonly platform: "snp-caci" | "snp-cvm" | "virtual";
  readonly attestation: Readonly<Record<string, unknown>>;
}

/** The key of a clean room: its evidence binds it, secrets are wrapped to it, and it signs what the clean room says. */
export interface CleanRoomKey {
  readonly privateKey: KeyObject;
  /** SPKI PEM. The evidence binds these very characters, so they are never formatted anew. */
  readonly publicKeyPem: string;
}

/** All clients of such services use RSA keys of 2048 bits. */
export const CLEAN_ROOM_KEY = { type: "rsa", modulusLength: 2048 } as const;

/** Makes the key of a clean room; takes some tenths of a second, in which nothing else happens. */
export function makeCleanRoomKey(): CleanRoomKey {
  return cleanRoomKey(generateKeyPairSync(CLEAN_ROOM_KEY.type, CLEAN_ROOM_KEY));
}

/** The key of a clean room that was made elsewhere, see {@link CLEAN_ROOM_KEY}. */
export function cleanRoomKey({ privateKey, publicKey }: KeyPairKeyObjectResult): CleanRoomKey {
  return { privateKey, publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString() };
}

/** The report data that binds a key: SHA-256 of the PEM text, then 32 zero bytes; 128 lower-case hex characters. */
export function reportDataOf(publicKeyPem: string): string {
  return createHash("sha256").update(publicKeyPem, "utf8").digest("hex") + "0".repeat(64);
}

/** Claims of platform `virtual`. */
export interface VirtualClaims {
  /** Lower-case hex. */
  readonly "virtual-measurement"?: string;
  /** 64 lower-case hex characters. */
  readonly "virtual-hostdata"?: string;
  readonly "virtual-svn"?: number;
  readonly "virtual-is-debuggable": boolean;
}

/**
 * Evidence of platform `virtual`: a statement about code, signed by a key instead of by hardware. A service believes it only
 * if its members have registered the key.
 *
 * @param attestationKey on P-256
 */
export function virtualEvidence(
  attestationKey: KeyObject,
  claims: VirtualClaims,
  publicKeyPem: string,
): Evidence {
  const statement = Buffer.from(JSON.stringify({ claims, reportData: reportDataOf(publicKeyPem) }), "utf8");
  const signature = sign("sha256", statement, { key: attestationKey, dsaEncoding: "ieee-p1363" });
  return {
    platform: "virtual",
    attestation: {
      statement: statement.toString("base64"),
      signature: signature.toString("base64"),
      keyId: virtualKeyId(attestationKey),
    },
  };
}

/** The id under which members register an attestation key: SHA-256 of its DER SubjectPublicKeyInfo, lower-case hex. */
export function virtualKeyId(key: KeyObject): string {
  const publicKey = key.type === "private" ? createPublicKey(key) : key;
  return createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("hex");
}

/** What the attestation agent of a confidential container hands out, as is. */
export interface SnpCaciReport {
  /** Base64 of the SEV-SNP report, 1184 bytes. */
  readonly attestation: string;
  /** Base64 of the PEM bundle of VCEK, ASK and ARK. */
  readonly platformCertificates: string;
  /** Base64 of the COSE_Sign1 that endorses the utility VM. */
  readonly uvmEndorsements?: string;
}

/** Evidence of platform `snp-caci`: a container on AMD SEV-SNP. */
export function snpCaciEvidence(report: SnpCaciReport): Evidence {
  const { attestation: evidence, platformCertificates: endorsements, uvmEndorsements } = report;
  return {
    platform: "snp-caci",
    attestation: { evidence, endorsements, ...(uvmEndorsements && { uvm_endorsements: uvmEndorsements }) },
  };
}

/** What the attestation agent of a confidential VM hands out, as is; what else it says about the VM is no evidence. */
export interface SnpCvmReport {
  readonly evidence: {
    /** Base64 of the vTPM's quote (TPM2B_ATTEST and TPMT_SIGNATURE). */
    readonly tpmQuote: string;
    /** Base64 of the vTPM's NV index 0x01400001. */
    readonly hclReport: string;
    /** Base64 of the SEV-SNP report, 1184 bytes. */
    readonly snpReport: string;
    /** Base64 of the DER certificate of the vTPM's attestation key. */
    readonly aikCert?: string;
    /** Base64 of the quoted PCRs of the SHA-256 bank, by index from "0" to "23". */
    readonly pcrs: Readonly<Record<string, string>>;
  };
  /** Base64 of what the quote was asked for with. */
  readonly nonce: string;
  /** PEM bundle of VCEK, ASK and ARK, in any order. */
  readonly platformCertificates: string;
  readonly product?: "Milan" | "Genoa" | "Turin";
}

/** Evidence of platform `snp-cvm`: a confidential VM with a vTPM on AMD SEV-SNP. */
export function snpCvmEvidence(report: SnpCvmReport): Evidence {
  const { tpmQuote, hclReport, snpReport, aikCert, pcrs } = report.evidence;
  const { nonce, platformCertificates, product } = report;
  return {
    platform: "snp-cvm",
    attestation: {
      evidence: { tpmQuote, hclReport, snpReport, ...(aikCert && { aikCert }), pcrs },
      nonce,
      platformCertificates,
      ...(product && { product }),
    },
  };
}

/** The fields by which a request proves where it comes from and to whom the answer is wrapped. */
export function attestedRequest(key: CleanRoomKey, { platform, attestation }: Evidence) {
  return { platform, attestation, encrypt: { publicKey: base64(key.publicKeyPem) } };
}

/**
 * As {@link attestedRequest}, with content that is signed by the same key (RSASSA-PSS, SHA-256, salt of 32 bytes).
 *
 * @param content sent as JSON
 */
export function signedRequest(key: CleanRoomKey, evidence: Evidence, content: unknown) {
  const data = Buffer.from(JSON.stringify(content), "utf8");
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  const signature = sign("sha256", data, { key: key.privateKey, ...padding }).toString("base64");
  return {
    ...attestedRequest(key, evidence),
    data: data.toString("base64"),
    sign: { publicKey: base64(key.publicKeyPem), signature },
    /** Milliseconds since 1970. */
    timestamp: String(Date.now()),
  };
}

/** Initial value of AES key wrap with padding (RFC 5649 §3). */
const KWP_INITIAL_VALUE = Buffer.from("a65959a6", "hex");
/** The shortest content, wrapped. */
const KWP_MIN_BYTES = 16;

/**
 * Opens what a service wrapped to a key (RSA-OAEP-AES-KWP): an AES key under RSA-OAEP with SHA-256, as long as the modulus,
 * then the content under that AES key (RFC 5649).
 *
 * @throws {VerificationError} `CannotUnwrap` if it is wrapped to another key or was changed
 */
export function unwrap(wrapped: Uint8Array, privateKey: KeyObject): Buffer {
  const modulusBytes = (privateKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
  try {
    // OpenSSL takes no input at all for the end of some input
    if (wrapped.length < modulusBytes + KWP_MIN_BYTES) throw new RangeError("the content is cut off");
    const oaep = { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
    const aesKey = privateDecrypt(oaep, wrapped.subarray(0, modulusBytes));
    const cipher = createDecipheriv(`id-aes${aesKey.length * 8}-wrap-pad`, aesKey, KWP_INITIAL_VALUE);
    return Buffer.concat([cipher.update(wrapped.subarray(modulusBytes)), cipher.final()]);
  } catch (cause) {
    const message = "The answer is wrapped to another key than this one, or was changed on the way";
    throw new VerificationError("CannotUnwrap", message, { cause });
  }
}

function base64(content: string): string {
  return Buffer.from(content, "utf8").toString("base64");
}
