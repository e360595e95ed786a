import type { QuickJSHandle } from "quickjs-emscripten-core";
import type { Plain } from "./binary-json.js";
import type { Interpreter } from "./interpreter.js";
import { withoutPrelude } from "./thrown.js";
import { textToBytes } from "./text.js";
import type { EndpointResponse, GuestException, RuntimeOptions } from "./types.js";

/** What a handler returned is no response; the message is CCF's. */
export class InvalidResponse extends Error {
  readonly exception: GuestException | undefined;

  constructor(what: string, exception?: GuestException, end = ".") {
    super(`Invalid endpoint function return value (${what})${end}`);
    this.name = "InvalidResponse";
    this.exception = exception;
  }
}

/** What the prelude says of a handler's result. */
interface Described {
  readonly body: {
    readonly bytes?: Uint8Array;
    readonly text?: string;
    readonly json?: string;
    readonly failed?: readonly [reason: string, trace: string | undefined];
  };
  /** absent if one of them has no text */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** absent if the handler says nothing */
  readonly status?: Plain;
}

/** The response that a handler's result stands for. @throws {InvalidResponse} @throws {Thrown} */
export function responseOf(
  interpreter: Interpreter,
  result: QuickJSHandle,
  options: RuntimeOptions,
): EndpointResponse {
  const described = interpreter.ask("response", result) as unknown as Described | undefined;
  if (!described) throw new InvalidResponse("not an object");
  const { body, headers, status = 200 } = described;
  if (body.failed) {
    const [reason, trace] = body.failed;
    // CCF's own sentence has no end where it goes on to say what was thrown
    const end = options.return_exception_details ? "" : ".";
    throw new InvalidResponse(
      "error during JSON conversion of body",
      { reason, trace: withoutPrelude(trace) },
      end,
    );
  }
  if (!headers) throw new InvalidResponse("header value type");
  if (typeof status !== "number" || !Number.isInteger(status) || Math.abs(status) >= 2 ** 31)
    throw new InvalidResponse("status code type");
  const content = contentOf(body);
  return {
    status,
    headers: [
      ...(content ? [["content-type", content.type] as const] : []),
      ...headers.map(([name, value]) => [upToZero(name), upToZero(value)] as const),
    ],
    body: content?.bytes,
  };
}

function contentOf({
  bytes,
  text,
  json,
}: Described["body"]): { type: string; bytes: Uint8Array } | undefined {
  if (bytes) return { type: "application/octet-stream", bytes };
  if (text !== undefined) return { type: "text/plain", bytes: textToBytes(text) };
  if (json !== undefined) return { type: "application/json", bytes: textToBytes(json) };
  return undefined;
}

function upToZero(text: string): string {
  return Buffer.from(textToBytes(text)).toString("utf8");
}
