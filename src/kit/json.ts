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
  // Counting is native and nearly free: only texts with many brackets are read character by character.
  if (text.split("[").length + text.split("{").length - 2 <= DEEPEST) return false;
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted) {
      if (character === "\\") at++;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === "[" || character === "{") {
      if (++depth > DEEPEST) return true;
    } else if (character === "]" || character === "}") depth--;
  }
  return false;
}
