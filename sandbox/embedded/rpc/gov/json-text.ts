import { RpcError } from "../errors.js";

/**
 * Reads a signed payload as JSON. The messages are those of the JSON library that CCF is built with, as far as a member
 * is likely to see them.
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = Buffer.from(bytes).toString("utf8");
  try {
    return JSON.parse(text);
  } catch {
    throw invalidInput(`[json.exception.parse_error.101] ${parseError(text)}`);
  }
}

/** A field that must be text, of an object. */
export function textField(value: unknown, name: string): string {
  if (!isObject(value))
    throw invalidInput(
      `[json.exception.type_error.305] cannot use operator[] with a string argument with ${typeName(value)}`,
    );
  const field = value[name];
  if (typeof field !== "string")
    throw invalidInput(`[json.exception.type_error.302] type must be string, but is ${typeName(field)}`);
  return field;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function invalidInput(message: string): RpcError {
  return new RpcError(400, "InvalidInput", message);
}

function parseError(text: string): string {
  if (text === "")
    return (
      "parse error at line 1, column 1: attempting to parse an empty input; " +
      "check that your input string or stream contains the expected JSON"
    );
  const { read, fault } = firstFault(text);
  const lines = read.split("\n");
  const where = `line ${lines.length}, column ${lines.at(-1)?.length ?? 0}`;
  return `parse error at ${where}: syntax error while parsing value - ${fault}; last read: '${read.trimStart()}'`;
}

/** Literals are read up to the first letter that is not theirs; of anything else only that it is wrong is said. */
function firstFault(text: string): { read: string; fault: string } {
  const start = text.length - text.trimStart().length;
  const literal = ["null", "true", "false"].find((word) => text.startsWith(word.charAt(0), start));
  let matching = literal === undefined ? 0 : 1;
  while (
    literal !== undefined &&
    matching < literal.length &&
    text.startsWith(literal.slice(0, matching + 1), start)
  )
    matching += 1;
  return matching === literal?.length
    ? { read: text, fault: "unexpected end of input; expected end of input" }
    : { read: text.slice(0, start + matching + 1), fault: "invalid literal" };
}

function typeName(value: unknown): string {
  if (value === undefined || value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
