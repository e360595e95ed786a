import { virtualAttestationKeys } from "../../src/governance/tables.js";
import { fromBase64, hex } from "../../src/kit/encodings.js";
import {
  setVirtualAttestationKey,
  virtualAttestationKeyById,
} from "../../src/schemas/actions/attestation.js";
import { action } from "../action.js";
import { endingSessions } from "../trust.js";

/** Makes the holder of a key trusted to say which code runs where there is no attestation hardware. */
const set_virtual_attestation_key = action({
  arguments: setVirtualAttestationKey,
  decision: { veto: true },
  check: ({ public_key }) => void canonicalKey(public_key),
  apply({ public_key }) {
    const publicKey = canonicalKey(public_key);
    virtualAttestationKeys().set(keyId(publicKey), { publicKey });
  },
});

const remove_virtual_attestation_key = endingSessions(
  action({
    arguments: virtualAttestationKeyById,
    check({ key_id }) {
      if (!virtualAttestationKeys().has(key_id))
        throw new Error(`there is no virtual attestation key ${key_id}`);
    },
    apply: ({ key_id }) => virtualAttestationKeys().delete(key_id),
  }),
);

/** The key in the one form of PEM that CCF writes, so that a key has one id. @throws unless it is a P-256 key */
function canonicalKey(pem: string): string {
  try {
    const key = ccf.crypto.pubPemToJwk(pem);
    if (key.crv === "P-256") return ccf.crypto.pubJwkToPem(key);
  } catch {
    // no key at all
  }
  throw new Error(`"public_key" must be a P-256 public key in PEM, and is not`);
}

/** SHA-256 of the DER SubjectPublicKeyInfo, lower-case hex. */
function keyId(pem: string): string {
  const der = fromBase64(pem.replace(/-----[^-]+-----/g, ""));
  if (der === undefined) throw new Error("the public key is not PEM");
  return hex(ccf.crypto.digest("SHA-256", der));
}

export const attestation = { set_virtual_attestation_key, remove_virtual_attestation_key };
