import { shape } from "../shape.js";
import { count, digest, listOf, text, transactionId } from "./parts.js";

export const released = shape("released", {
  type: "object",
  required: ["value", "release"],
  properties: {
    /** Base64, wrapped to the key that the evidence binds. */
    value: text,
    /** Number of the release record. */
    release: count,
    /** Of a secret. */
    version: count,
  },
});

export const releases = shape(
  "releases",
  listOf({
    type: "object",
    required: ["transactionId", "record"],
    properties: {
      transactionId,
      /** What the receipt of the transaction proves. */
      record: {
        type: "object",
        required: ["contractId", "release", "item"],
        properties: {
          contractId: text,
          /** Counts the releases of the contract from 1, without gaps. */
          release: count,
          item: {
            type: "object",
            required: ["kind", "id"],
            properties: {
              kind: text,
              id: text,
              version: count,
              /** Of a secret that has a policy of its own. */
              policyDigest: digest,
              /** Of a certificate. */
              subject: text,
              names: { type: "array", items: text },
            },
          },
          contractVersion: transactionId,
          contractDigest: digest,
          policyDigest: digest,
          platform: text,
          evidenceDigest: digest,
          /** The purpose for which a clean room had delegated, if that is why it was released. */
          delegate: { type: "object", required: ["type", "id"], properties: { type: text, id: text } },
          alternative: count,
          claims: { type: "object", additionalProperties: { type: ["string", "number", "boolean"] } },
          recipientKeyDigest: digest,
        },
      },
    },
  }),
);
