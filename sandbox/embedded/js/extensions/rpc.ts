import { typeError } from "../guest-error.js";
import type { Interpreter } from "../interpreter.js";

/** bytes of a claims digest */
const DIGEST_SIZE = 32;

/** `ccf.rpc`: what becomes of the transaction. */
export function rpc(interpreter: Interpreter): void {
  interpreter.define(["ccf", "rpc"], {
    setApplyWrites: [
      1,
      (call) => {
        call.requireArguments(1, " but expected 1");
        call.invocation.applyWrites = call.boolean(0);
        return undefined;
      },
    ],
    setClaimsDigest: [
      1,
      (call) => {
        call.requireArguments(1, " but expected 1");
        const digest = call.bytes(0, "Argument must be an ArrayBuffer");
        if (digest.length !== DIGEST_SIZE) {
          throw typeError(`Argument must be an ArrayBuffer of the right size: ${DIGEST_SIZE}`);
        }
        call.invocation.claimsDigest = digest;
        return undefined;
      },
    ],
  });
}
