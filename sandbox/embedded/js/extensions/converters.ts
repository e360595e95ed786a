import { createHash, X509Certificate } from "node:crypto";
import { bytesToText, textToBytes } from "../text.js";
import { causeOf, internalError, typeError } from "../guest-error.js";
import type { HostCall } from "../host-call.js";
import type { Interpreter } from "../interpreter.js";
import { parseJson } from "../json.js";
import { tcbPolicy } from "./tcb-policy.js";

/** The functions directly under `ccf` that convert. */
export function converters(interpreter: Interpreter): void {
  interpreter.define(["ccf"], {
    strToBuf: [
      1,
      (call) => {
        call.requireArguments(1, ", but expected 1");
        return textToBytes(call.string(0, "Argument must be a string"));
      },
    ],
    bufToStr: [
      1,
      (call) => {
        call.requireArguments(1, ", but expected 1");
        return bytesToText(call.bytes(0, "Argument must be an ArrayBuffer"));
      },
    ],
    jsonCompatibleToBuf: [
      1,
      (call) => {
        call.requireArguments(1, ", but expected 1");
        const json = call.json(0);
        if (json === undefined) throw typeError("Argument must be a string");
        return textToBytes(json);
      },
    ],
    bufToJsonCompatible: [
      1,
      (call) => {
        call.requireArguments(1, ", but expected 1");
        return parseJson(call.interpreter, call.bytes(0, "Argument must be an ArrayBuffer"));
      },
    ],
    // Time is the node's own in any case; these only answer as CCF's do.
    enableUntrustedDateTime: [
      1,
      (call) => {
        call.requireArguments(1, ", but expected 1");
        return call.boolean(0);
      },
    ],
    enableMetricsLogging: [1, enableMetricsLogging()],
    pemToId: [
      1,
      (call) => {
        call.requireArguments(1, ", but expected 1");
        return certificateId(call.text(0));
      },
    ],
    tcbHexToPolicy: [
      2,
      (call) => {
        call.requireArguments(2, ", but expected 2");
        return tcbPolicy(call.text(0), call.text(1));
      },
    ],
  });
}

function enableMetricsLogging() {
  let enabled = true;
  return (call: HostCall): boolean => {
    call.requireArguments(1, ", but expected 1");
    const wanted = call.plain(0);
    if (typeof wanted !== "boolean") throw typeError("First argument must be a boolean");
    const previous = enabled;
    enabled = wanted;
    return previous;
  };
}

/** The identifier of a member, user or node: SHA-256 of its certificate, in hexadecimal. */
function certificateId(pem: string): string {
  try {
    return createHash("sha256").update(new X509Certificate(pem).raw).digest("hex");
  } catch (error) {
    throw internalError(`Failed to parse PEM: ${causeOf(error)}`);
  }
}
