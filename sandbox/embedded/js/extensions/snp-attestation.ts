import { verifySnpAttestation } from "../../snp/verify.js";
import type { Plain } from "../binary-json.js";
import { causeOf, rangeError } from "../guest-error.js";
import type { HostCall } from "../host-call.js";
import type { Interpreter } from "../interpreter.js";

/** `snp_attestation` */
export function snpAttestation(interpreter: Interpreter): void {
  interpreter.define(["snp_attestation"], { verifySnpAttestation: [4, verify] });
}

function verify(call: HostCall): Plain {
  call.requireArguments(2, ", but expected between 2 and 4", 4);
  const [evidence, endorsements] = [call.bytes(0), call.bytes(1)];
  const uvmEndorsement = call.isUndefined(2) ? undefined : call.bytes(2);
  const tcb = call.isUndefined(3) ? undefined : call.text(3);
  try {
    const { attestation, uvm_endorsements } = verifySnpAttestation(
      evidence,
      endorsements,
      uvmEndorsement,
      tcb,
    );
    return {
      attestation: { ...attestation },
      ...(uvm_endorsements && { uvm_endorsements: { ...uvm_endorsements } }),
    };
  } catch (error) {
    throw rangeError(causeOf(error));
  }
}
