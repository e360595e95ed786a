import { decode, encode, Tag } from "cbor2";
import { readBoundRequest } from "../../../src/policy/bound-request.js";
import { refuses, request, seconds, sent, service, start, withHeaders, withPayload } from "./bound.js";

describe("what is no bound request", () => {
  beforeEach(() => void start());

  const claims = (change: (claims: Map<unknown, unknown>) => void) => (headers: Map<unknown, unknown>) =>
    change(headers.get(15) as Map<unknown, unknown>);
  const attestation =
    (change: (attestation: Map<unknown, unknown>) => void) => (headers: Map<unknown, unknown>) =>
      change(headers.get("attestation") as Map<unknown, unknown>);

  const HEADERS: readonly [what: string, change: (headers: Map<unknown, unknown>) => void, reason: RegExp][] =
    [
      [
        "another algorithm",
        (headers) => headers.set(1, -38),
        /no algorithm \(header 1\) of PS256 \(-37\), ES256/,
      ],
      ["no CWT claims", (headers) => headers.delete(15), /no map at 15/],
      ["CWT claims that are no map", (headers) => headers.set(15, [6, 7]), /no map at 15/],
      ["no time", claims((map) => map.delete(6)), /no whole seconds since 1970 in 15\/6/],
      ["a time in text", claims((map) => map.set(6, String(seconds))), /15\/6/],
      ["a time with a fraction", claims((map) => map.set(6, seconds + 0.5)), /15\/6/],
      ["no id", claims((map) => map.delete(7)), /no byte string of 16 to 64 bytes at 7/],
      ["an id in text", claims((map) => map.set(7, "0123456789abcdef")), /16 to 64 bytes at 7/],
      ["a short id", claims((map) => map.set(7, Buffer.alloc(15))), /16 to 64 bytes at 7/],
      ["a long id", claims((map) => map.set(7, Buffer.alloc(65))), /16 to 64 bytes at 7/],
      ["more claims", claims((map) => map.set(1, "issuer")), /in 15 something other/],
      ["no method", (headers) => headers.delete("@method"), /no text at "@method"/],
      ["a method that is no text", (headers) => headers.set("@method", 1), /no text at "@method"/],
      ["no target", (headers) => headers.delete("@request-target"), /no text at "@request-target"/],
      ["no service", (headers) => headers.delete("service"), /no byte string of 32 bytes at "service"/],
      ["a service in text", (headers) => headers.set("service", service), /32 bytes at "service"/],
      ["half a service", (headers) => headers.set("service", Buffer.alloc(16)), /32 bytes at "service"/],
      ["neither evidence nor session", (headers) => headers.delete("attestation"), /one of the headers/],
      ["evidence and session", (headers) => headers.set("session", "s"), /one of the headers/],
      [
        "evidence that is no map",
        (headers) => headers.set("attestation", "virtual"),
        /no map at "attestation"/,
      ],
      ["no platform", attestation((map) => map.delete("platform")), /no text at "platform"/],
      ["no key", attestation((map) => map.delete("key")), /no text at "key"/],
      ["a key in bytes", attestation((map) => map.set("key", Buffer.from("key"))), /no text at "key"/],
      ["no evidence", attestation((map) => map.delete("evidence")), /no map at "evidence"/],
      [
        "evidence in bytes",
        attestation((map) => map.set("evidence", Buffer.from("{}"))),
        /no map at "evidence"/,
      ],
      [
        "evidence with numbers for names",
        attestation((map) => map.set("evidence", new Map([[1, 2]]))),
        /keys must be text/,
      ],
      [
        "more beside the evidence",
        attestation((map) => map.set("more", 1)),
        /other than platform, key and evidence/,
      ],
      ["critical headers", (headers) => headers.set(2, ["@method"]), /none of a bound request/],
      ["a key id", (headers) => headers.set(4, Buffer.from("kid")), /none of a bound request/],
      ["other headers", (headers) => headers.set("@authority", "host"), /none of a bound request/],
    ];
  for (const [what, change, reason] of HEADERS) {
    it(`has ${what}`, () => {
      refuses("InvalidBoundRequest", () => readBoundRequest(request(withHeaders(change))), reason);
    });
  }

  it("has a session that is no text", () => {
    const body = withHeaders(
      (headers) => headers.set("session", Buffer.from("s")),
      sent({ as: { session: "s" } }),
    );
    refuses("InvalidBoundRequest", () => readBoundRequest(request(body)), /no text at "session"/);
  });

  const PAYLOADS: readonly [what: string, payload: Uint8Array, reason: RegExp][] = [
    ["JSON", Buffer.from('{"value": 1}'), /bytes /],
    ["text", encode("value"), /neither empty nor a map/],
    ["an array", encode([1]), /neither empty nor a map/],
    ["null", encode(null), /neither empty nor a map/],
    ["a map with numbers for names", encode(new Map([[1, 1]])), /keys must be text/],
    ["byte strings", encode({ value: new Uint8Array(3) }), /byte string where JSON/],
    ["infinity", encode({ value: Infinity }), /JSON cannot say/],
    ["a name twice", Buffer.from("a2616101616102", "hex"), /"a" twice/],
    ["more than one item", Buffer.from("a0a0", "hex"), /after the end/],
    ["a tag", Buffer.from("a16161c101", "hex"), /tag/],
  ];
  for (const [what, payload, reason] of PAYLOADS) {
    it(`has ${what} for its content`, () => {
      refuses("InvalidBoundRequest", () => readBoundRequest(request(withPayload(payload))), reason);
    });
  }

  it("is JSON, or a message without tag or payload", () => {
    const { contents } = decode<Tag>(sent());
    const [protectedBytes, unprotected, , signature] = contents as unknown[];
    for (const body of [
      Buffer.from('{"attestation": {}}'),
      new Uint8Array(0),
      encode(contents),
      encode(new Tag(18, [protectedBytes, unprotected, null, signature])),
      encode(new Tag(18, [new Uint8Array(0), unprotected, new Uint8Array(0), signature])),
    ])
      refuses("InvalidBoundRequest", () => readBoundRequest(request(body)), /docs\/bound-requests\.md/);
  });
});
