import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from "node:crypto";

/**
 * A key as a JSON Web Key. By way of PEM: Node.js 20 locks a key while it exports it so, and a garbage collection at that
 * moment that finds what generated the very key waits for the lock for ever.
 */
export function jwkOf(key: KeyObject): JsonWebKey {
  const copy =
    key.type === "private"
      ? createPrivateKey(key.export({ type: "pkcs8", format: "pem" }))
      : createPublicKey(key.export({ type: "spki", format: "pem" }));
  return copy.export({ format: "jwk" });
}
