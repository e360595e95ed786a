/** More than anybody needs, and few enough for every function that calls itself per level. */
export const DEEPEST = 100;

/**
 * Reads JSON from outside.
 *
 * @throws {SyntaxError} also for values nested more than 100 levels deep: code that goes down into a value, the engine's own
 * included, would exhaust the stack
 */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) throw new SyntaxError(`The JSON is nested more than ${DEEPEST} levels deep`);
  return JSON.parse(text);
}

function isTooDeep(text: string): boolean {
  // Counting and splitting are native and nearly free; what is read character by character is but what stands outside
  // of strings, in texts with many brackets.
  if (text.split("[").length + text.split("{").length - 2 <= DEEPEST) return false;
  let depth = 0;
  for (const outside of outsideStrings(text))
    for (const character of outside)
      if (character === "[" || character === "{") {
        if (++depth > DEEPEST) return true;
      } else if (character === "]" || character === "}") depth--;
  return false;
}

/** The parts of a JSON text between its strings, as far as it is JSON: there are backslashes in strings only. */
function outsideStrings(text: string): string[] {
  const withoutEscapes = text.replaceAll("\\\\", "").replaceAll('\\"', "");
  return withoutEscapes.split('"').filter((_, index) => index % 2 === 0);
}
