import { requirePem } from "../crypto/keys.js";
import { causeOf, internalError, rangeError } from "../guest-error.js";
import type { HostCall } from "../host-call.js";
import type { Interpreter } from "../interpreter.js";
import { effect } from "./node.js";

/** `ccf.network`: certificates by the service, and its secrets' age. */
export function network(interpreter: Interpreter): void {
  interpreter.define(["ccf", "network"], {
    getLatestLedgerSecretSeqno: [
      0,
      (call) => {
        call.requireArguments(0, " but expected none");
        return effect(call, "Failed to fetch latest ledger secret seqno", (effects) =>
          effects.latestLedgerSecretSeqno(),
        );
      },
    ],
    generateEndorsedCertificate: [
      0,
      (call) => {
        call.requireArguments(3, " but expected 3");
        const signingRequest = call.text(0);
        try {
          requirePem(signingRequest);
        } catch (error) {
          throw internalError(`CSR is not valid PEM: ${causeOf(error)}`);
        }
        const [validFrom, days] = [call.text(1), index(call, 2)];
        return effect(call, "Failed to create endorsed cert", (effects) =>
          effects.generateEndorsedCertificate(signingRequest, validFrom, days),
        );
      },
    ],
    generateNetworkCertificate: [
      0,
      (call) => {
        call.requireArguments(2, " but expected 2");
        const [validFrom, days] = [call.text(0), index(call, 1)];
        return effect(call, "Error", (effects) => effects.generateNetworkCertificate(validFrom, days));
      },
    ],
  });
}

/** `ToIndex` of the language. */
function index(call: HostCall, position: number): number {
  const value = call.number(position);
  const whole = Number.isNaN(value) ? 0 : Math.trunc(value);
  if (whole < 0 || whole > Number.MAX_SAFE_INTEGER) throw rangeError("invalid array index");
  return whole;
}
