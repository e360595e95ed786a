import { shape } from "./shape.js";

/** What attested code wants certified: a bare key, or a request that is signed with it. */
export const certificateRequest = shape("certificateRequest", {
  type: "object",
  properties: {
    /** PEM of the SubjectPublicKeyInfo. May be absent where there is a `csr`. */
    publicKey: { type: ["string", "null"], maxLength: 4096 },
    /** PKCS #10, PEM. */
    csr: { type: ["string", "null"], maxLength: 16_384 },
    /** `CN=name,O=organisation`; absent: as in the `csr`. */
    subjectName: { type: ["string", "null"], maxLength: 1024 },
    /** `dNSName:<host name>` or `iPAddress:<address>`; absent: as in the `csr`. */
    subjectAlternateNames: {
      type: ["array", "null"],
      maxItems: 100,
      items: { type: "string", maxLength: 300 },
    },
    /** Absent: as long as may be. */
    validityPeriodDays: { type: ["integer", "null"], minimum: 1 },
  },
});
