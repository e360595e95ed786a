import type { RpcResponse } from "../http.js";
import { STATUS_REASONS } from "./statuses.js";

/**
 * A response as it goes over the wire. As with CCF, a body is sent with every status, and a `content-length` that is given
 * is not corrected.
 *
 * @param method of the request; what answers HEAD has no body
 * @throws {RangeError} if status or headers cannot be sent
 */
export function encodeResponse(response: RpcResponse, method: string): Buffer {
  const { status } = response;
  const reason = STATUS_REASONS[status];
  if (reason === undefined) throw new RangeError(`${status} is no status of HTTP`);
  const headers = headersOf(response);
  const body = method === "HEAD" ? Buffer.alloc(0) : bodyBytes(response.body);
  if (!headers.has("content-length")) headers.set("content-length", String(body.length));
  const lines = Array.from(headers, ([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} ${reason}\r\n${lines.join("")}\r\n`), body]);
}

/** In lower case. Of names that are then the same the last counts, in the order of their bytes: small letters come last. */
function headersOf({ headers = {}, body }: RpcResponse): Map<string, string> {
  const result = new Map<string, string>();
  for (const [name, value] of Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) || /[\r\n\0]/.test(value))
      throw new RangeError(`The response header '${name}' cannot be sent`);
    result.set(name.toLowerCase(), value);
  }
  const type = contentType(body);
  if (type !== undefined && !result.has("content-type")) result.set("content-type", type);
  return result;
}

/** What bytes are, only the one who answers with them can know. */
function contentType(body: RpcResponse["body"]): string | undefined {
  if (body === undefined || body instanceof Uint8Array) return undefined;
  return typeof body === "string" ? "text/plain" : "application/json";
}

function bodyBytes(body: RpcResponse["body"]): Uint8Array {
  if (body === undefined) return Buffer.alloc(0);
  if (body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}
