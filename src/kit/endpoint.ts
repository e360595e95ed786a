import type { Request, Response } from "@microsoft/ccf-app";
import type { JSONSchema } from "json-schema-to-ts";
import type { Of, Problem, Shape } from "../schemas/shape.js";
import { parseJson } from "./json.js";
import { parseQuery } from "./query.js";
import { Refusal } from "./refusal.js";
import type { RefusalCode } from "./refusals.js";

/** Reads one path or query parameter, or throws a {@link Refusal} that names it. */
export interface Reader<T> {
  (value: string | undefined, name: string): T;
  /** What it accepts, for the API's description; text of any kind if it says nothing. */
  readonly schema?: JSONSchema;
  /** The code with which it refuses, if it ever does. */
  readonly refuses?: RefusalCode;
}

type Readers = Record<string, Reader<unknown>>;
type Values<R extends Readers> = { [K in keyof R]: ReturnType<R[K]> };

/** What an endpoint demands of a request before its own code runs. */
export interface Terms<P extends Readers, Q extends Readers, B extends Shape, C> {
  /** Who may call: reads the authenticated caller, or refuses. Leave out only where anybody may call. */
  readonly caller?: (request: Request) => C;
  readonly path?: P;
  readonly query?: Q;
  readonly body?: B;
  /** The code for a body that lacks this top-level field (or holds the wrong type there), where clients know one. */
  readonly codes?: Readonly<Record<string, RefusalCode>>;

  // What the API's description says besides; tests hold every answer against it.

  /** The bodies it takes where that depends on who calls, and the endpoint reads them itself. */
  readonly bodies?: readonly Shape[];
  /** The answer of a success. Leave out where it has no body. */
  readonly answer?: Shape;
  /** Status of a success, if it is not 200. */
  readonly status?: number;
  /** Whether it may also answer 202 without a body and with `retry-after`, while it fetches from the ledger. */
  readonly later?: true;
  /** The codes with which it refuses, besides those that follow from the terms above. */
  readonly refusals?: readonly RefusalCode[];
  /** The status of a code, where clients know it with another than elsewhere. */
  readonly statuses?: Readonly<Partial<Record<RefusalCode, number>>>;
}

/** What an endpoint demands, whatever the types of what it reads. */
export type AnyTerms = Terms<Readers, Readers, Shape, unknown>;

/** The function that CCF calls, and the terms it was made of. */
export interface Endpoint {
  (request: Request): Response;
  readonly terms: AnyTerms;
}

/** What an endpoint's own code is given: all of it read and checked. */
export interface Call<P extends Readers, Q extends Readers, B extends Shape, C> {
  readonly caller: C;
  readonly path: Values<P>;
  readonly query: Values<Q>;
  readonly body: Of<B>;
  readonly request: Request;
}

/** An answer other than 200 with a JSON body. */
export class Reply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>> | undefined;

  constructor(status: number, body?: unknown, headers?: Readonly<Record<string, string>>) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/**
 * Makes the function that CCF calls, out of what the endpoint demands and what it does.
 *
 * @param handle returns a JSON value (answered with 200), `undefined` (200 without a body) or a {@link Reply}; throws a
 * {@link Refusal} to refuse. Anything else it throws is a defect of this service: a plain 500, and the place in the log.
 */
export function endpoint<P extends Readers, Q extends Readers, B extends Shape, C = undefined>(
  terms: Terms<P, Q, B, C>,
  handle: (call: Call<P, Q, B, C>) => unknown,
): Endpoint {
  const respond = (request: Request): Response => {
    try {
      return answer(
        handle({
          // the order in which a request is judged: who, where, what
          caller: terms.caller?.(request) as C,
          path: readAll(terms.path, request.params),
          query: readAll(terms.query, terms.query === undefined ? {} : parseQuery(request.query)),
          body: terms.body === undefined ? (undefined as never) : readBody(request, terms.body, terms.codes),
          request,
        }),
      );
    } catch (error) {
      return refused(error);
    }
  };
  return Object.assign(respond, { terms });
}

function answer(result: unknown): Response {
  if (!(result instanceof Reply))
    return result === undefined ? { statusCode: 200 } : { statusCode: 200, body: result };
  const { status, body, headers } = result;
  return { statusCode: status, ...(body !== undefined && { body }), ...(headers && { headers }) };
}

function refused(error: unknown): Response {
  if (error instanceof Refusal) {
    const { code, message, details } = error;
    return { statusCode: error.status, body: { error: { code, message, ...(details && { details }) } } };
  }
  console.error(`unexpected ${whereOf(error)}`);
  const message =
    "The service failed to answer this request. Tell its operator the time and the transaction id.";
  return { statusCode: 500, body: { error: { code: "InternalError", message } } };
}

/** Where a defect showed itself, never what was in the request: messages quote data, calls name our functions only. */
function whereOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const calls = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return [error.name, ...calls].join("\n");
}

function readAll<R extends Readers>(
  readers: R | undefined,
  from: Readonly<Record<string, string>>,
): Values<R> {
  const values: Record<string, unknown> = {};
  for (const name in readers)
    values[name] = readers[name]?.(Object.hasOwn(from, name) ? from[name] : undefined, name);
  return values as Values<R>;
}

/**
 * The body of a request whose shape depends on who calls; where it does not, name the shape in the {@link Terms}.
 *
 * @throws {Refusal} `InvalidJson`, or what `codes` says, or `InvalidBody`
 */
export function readBody<B extends Shape>(
  request: Request,
  shape: B,
  codes?: Readonly<Record<string, RefusalCode>>,
): Of<B> {
  return requireShape(readJson(request.body.text()), shape, codes);
}

/** @throws {Refusal} what `codes` says, or `InvalidBody` */
export function requireShape<B extends Shape>(
  content: unknown,
  shape: B,
  codes?: Readonly<Record<string, RefusalCode>>,
): Of<B> {
  if (shape.validate(content)) return content as Of<B>;
  const problem = shape.validate.errors?.[0];
  throw new Refusal(codeFor(problem, codes), `The request body is not as expected: ${explain(problem)}.`);
}

function readJson(content: string): unknown {
  try {
    return parseJson(content);
  } catch {
    throw new Refusal(
      "InvalidJson",
      "The request body is not JSON, or is nested too deeply. Send a JSON object, encoded as UTF-8.",
    );
  }
}

function codeFor(
  problem: Problem | undefined,
  codes: Readonly<Record<string, RefusalCode>> | undefined,
): RefusalCode {
  const place = problem?.instancePath.split("/")[1] ?? "";
  const missing = problem?.params.missingProperty;
  const field = place === "" && typeof missing === "string" ? missing : place;
  return codes !== undefined && Object.hasOwn(codes, field) ? (codes[field] ?? "InvalidBody") : "InvalidBody";
}

/** A validator's finding in words: where, and what is expected there. */
export function explain(problem: Problem | undefined): string {
  if (problem === undefined) return "it does not match its schema";
  const place =
    problem.instancePath === "" ? "it" : `"${problem.instancePath.slice(1).replaceAll("/", ".")}"`;
  const allowed = problem.params.allowedValues;
  const unknown = problem.params.additionalProperty;
  const which = Array.isArray(allowed)
    ? `: ${allowed.join(", ")}`
    : typeof unknown === "string"
      ? `: "${unknown}"`
      : "";
  return `${place} ${problem.message ?? "does not match its schema"}${which}`;
}
