import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { encode } from "cbor2/encoder";
import { Tag } from "cbor2";
import { signCose } from "../../../../sdk/cose.js";
import {
  readGovernanceMessage,
  SignedMessageError,
} from "../../../../sandbox/embedded/rpc/gov/signed-message.js";

const privateKeyPem = generateKeyPairSync("ec", { namedCurve: "P-384" })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();
const kid = new Uint8Array(Buffer.from("ab".repeat(32)));
const complete: [number | string, unknown][] = [
  [4, kid],
  ["ccf.gov.msg.type", "ballot"],
  ["ccf.gov.msg.created_at", 1_700_000_000],
  ["ccf.gov.msg.proposal_id", "cd".repeat(32)],
];

function message(headers: [number | string, unknown][]): Uint8Array {
  return signCose({ privateKeyPem, protectedHeaders: new Map(headers), payload: new Uint8Array(0) });
}
const without = (label: number | string) => message(complete.filter(([name]) => name !== label));
const having = (label: number | string, value: unknown) =>
  message(complete.map(([name, old]) => [name, name === label ? value : old]));
/** A message with the protected header given as bytes. */
const withProtected = (hex: string) =>
  encode(
    new Tag(18, [new Uint8Array(Buffer.from(hex, "hex")), new Map(), new Uint8Array(0), new Uint8Array(96)]),
  );
const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));

describe("a member's signed message", () => {
  it("says who signed what, when, and for which proposal", () => {
    assert.deepEqual(readGovernanceMessage(message(complete)).header, {
      algorithm: -35,
      kid: "ab".repeat(32),
      type: "ballot",
      proposalId: "cd".repeat(32),
      createdAt: 1_700_000_000,
    });
  });

  it("need not name a type or a proposal, and may have headers nobody knows", () => {
    const { header } = readGovernanceMessage(
      message([
        [4, kid],
        ["ccf.gov.msg.created_at", 0],
        ["extra", 1],
        [99, "more"],
      ]),
    );
    assert.deepEqual([header.type, header.proposalId, header.createdAt], [undefined, undefined, 0]);
  });

  it("may be wrapped in further tags", () => {
    for (const tag of ["d83d", "d2", "d9d9f7"])
      assert.ok(readGovernanceMessage(Buffer.concat([bytes(tag), message(complete)])));
  });

  const refused: [what: string, body: Uint8Array, message: string][] = [
    ["nothing at all", bytes(""), "Failed to parse COSE_Sign1 outer array"],
    ["JSON", Buffer.from('{"actions":[]}'), "Failed to parse COSE_Sign1 outer array"],
    ["a map", bytes("a0"), "Failed to parse COSE_Sign1 outer array"],
    ["a tag and no more", bytes("d2"), "Failed to parse COSE_Sign1 outer array"],
    ["a tag cut short", bytes("d9d9"), "Failed to parse COSE_Sign1 outer array"],
    ["an empty array", bytes("8080"), "COSE_Sign1 is not tagged"],
    ["a message without its tag", message(complete).subarray(1), "COSE_Sign1 is not tagged"],
    [
      "a message with another tag",
      Buffer.concat([bytes("d1"), message(complete).subarray(1)]),
      "COSE_Sign1 is not tagged",
    ],
    ["a protected header of no bytes", bytes("d28440a04040"), "Failed to decode protected header: 67"],
    ["a protected header that is no map", withProtected("80"), "Failed to decode protected header: 61"],
    ["no algorithm", withProtected("a0"), "Missing algorithm in protected header"],
    ["an algorithm as text", withProtected("a101654553333834"), "Failed to decode protected header: 61"],
    ["no key identifier", without(4), "Missing kid in protected header"],
    ["a key identifier as text", having(4, "ab"), "Failed to decode protected header: 61"],
    ["no creation time", without("ccf.gov.msg.created_at"), "Missing created_at in protected header"],
    [
      "a creation time before 1970",
      having("ccf.gov.msg.created_at", -1),
      "Header parameter created_at must be positive",
    ],
    [
      "a creation time as text",
      having("ccf.gov.msg.created_at", "1"),
      "Failed to decode protected header: 61",
    ],
    [
      "a creation time with a fraction",
      having("ccf.gov.msg.created_at", 1.5),
      "Failed to decode protected header: 61",
    ],
    [
      "a creation time as a float",
      withProtected("a2012276" + Buffer.from("ccf.gov.msg.created_at").toString("hex") + "f94000"),
      "Failed to decode protected header: 61",
    ],
    [
      "a creation time of 64 bits",
      having("ccf.gov.msg.created_at", 2n ** 64n - 1n),
      "Failed to decode protected header: 61",
    ],
    ["a type that is no text", having("ccf.gov.msg.type", 1), "Failed to decode protected header: 61"],
    [
      "a proposal that is no text",
      having("ccf.gov.msg.proposal_id", kid),
      "Failed to decode protected header: 61",
    ],
    ["a header given twice", withProtected("a201220122"), "Failed to decode protected header: 62"],
    [
      "bytes after the message",
      Buffer.concat([message(complete), bytes("00")]),
      "Failed to decode COSE_Sign1",
    ],
    ["a message cut short", message(complete).subarray(0, -1), "Failed to decode COSE_Sign1"],
    ["three parts", bytes("d28340a040"), "Failed to decode COSE_Sign1"],
  ];
  for (const [what, body, text] of refused)
    it(`is not ${what}`, () => {
      assert.throws(() => readGovernanceMessage(body), new SignedMessageError(text));
    });

  it("keeps creation times of more than 53 bits as times far ahead", () => {
    assert.equal(
      readGovernanceMessage(having("ccf.gov.msg.created_at", 2n ** 62n)).header.createdAt,
      2 ** 62,
    );
  });
});
