import { virtualAttestationKeys } from "../governance/tables.js";
import { parseJson } from "../kit/json.js";
import { conforms } from "../kit/shapes.js";
import { signatureHolds } from "../kit/signatures.js";
import { virtualEvidence, virtualStatement } from "../schemas/evidence.js";
import { EvidenceError, evidenceBytes, type Verified } from "./evidence.js";

/** Signatures are r and s of 32 bytes each (IEEE P1363), by a P-256 key. */
const ALGORITHM = { name: "ECDSA", hash: "SHA-256" } as const;

/**
 * Evidence for machines without attestation hardware: claims signed by a key that the members have voted in. The members
 * trust whoever holds the key, not hardware; without a vote there is no key, and everything is refused.
 */
export function verifyVirtual(evidence: unknown): Verified {
  if (!conforms(virtualEvidence, evidence)) throw malformed("a statement, a signature and a keyId");

  const key = virtualAttestationKeys().get(evidence.keyId);
  if (key === undefined) {
    throw new EvidenceError("KeyNotTrusted", `The members have not registered the key "${evidence.keyId}".`);
  }
  const signed = evidenceBytes(evidence.statement);
  const signature = evidenceBytes(evidence.signature);
  if (signed === undefined || signature === undefined) throw malformed("base64, or bytes");
  if (!signatureHolds(ALGORITHM, key.publicKey, signature, signed)) {
    throw new EvidenceError(
      "StatementSignatureInvalid",
      "The statement is not signed by the key that keyId names.",
    );
  }

  const { claims, reportData } = readStatement(signed);
  if (claims["virtual-is-debuggable"]) {
    throw new EvidenceError("DebugEnabled", "The attested code can be debugged.");
  }
  return { claims, reportData, signed };
}

function readStatement(signed: ArrayBuffer): Pick<Verified, "claims" | "reportData"> {
  let statement: unknown;
  try {
    statement = parseJson(ccf.bufToStr(signed));
  } catch {
    throw malformed("a statement of JSON");
  }
  if (!conforms(virtualStatement, statement))
    throw malformed("a statement of the documented claims and report data");
  return statement;
}

const malformed = (expected: string): EvidenceError =>
  new EvidenceError("EvidenceMalformed", `Evidence of platform "virtual" must be ${expected}.`);
