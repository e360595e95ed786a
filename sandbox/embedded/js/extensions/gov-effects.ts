import { refreshBytecode } from "../bytecode.js";
import { internalError, typeError } from "../guest-error.js";
import type { HostCall } from "../host-call.js";
import type { Interpreter } from "../interpreter.js";
import { Thrown } from "../thrown.js";
import { effect } from "./node.js";

/** The functions directly under `ccf` that only `apply` has. */
export function govEffects(interpreter: Interpreter): void {
  interpreter.define(["ccf"], {
    refreshAppBytecodeCache: [
      0,
      (call) => {
        call.requireArguments(0, " but expected none");
        refreshBytecode(call.interpreter, call.invocation.tx);
        return undefined;
      },
    ],
    setJwtPublicSigningKeys: [3, setJwtPublicSigningKeys],
    removeJwtPublicSigningKeys: [
      1,
      (call) => {
        call.requireArguments(1, " but expected 1");
        const issuer = call.text(0);
        effect(call, "Failed to remove JWT public signing keys", (effects, tx) => {
          effects.removeJwtPublicSigningKeys(tx, issuer);
        });
        return undefined;
      },
    ],
  });
}

function setJwtPublicSigningKeys(call: HostCall): undefined {
  call.requireArguments(3, " but expected 3");
  const issuer = call.text(0);
  const metadata = jsonText(call, 1, "metadata argument is not a JSON object");
  const jwks = jsonText(call, 2, "jwks argument is not a JSON object");
  const failure = "Error setting JWT public signing keys";
  const done = effect(call, failure, (effects, tx) =>
    effects.setJwtPublicSigningKeys(tx, issuer, JSON.parse(metadata), JSON.parse(jwks)),
  );
  if (!done) throw internalError("set_jwt_public_signing_keys() failed");
}

function jsonText(call: HostCall, index: number, otherwise: string): string {
  try {
    return call.json(index) ?? "undefined";
  } catch (error) {
    if (!(error instanceof Thrown)) throw error;
    error.value.dispose();
    throw typeError(otherwise);
  }
}
