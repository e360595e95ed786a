/** What most of the differences have in common. */
const wording = "The JavaScript engine is a later QuickJS, which words some of its own errors otherwise";

/** By name of the case: where the embedded node is known to answer otherwise than CCF, and why. */
export const reasons: Readonly<Record<string, string>> = {
  "a failure of the engine while answering, with details allowed": wording,
  "bufToJsonCompatible of what is no JSON": wording,
  "jsonCompatibleToBuf of what JSON cannot hold": wording,
  "the trace of an error": "Traces here have lines and columns also of compiled modules",
  "traces of errors": "Traces here have lines and columns also of compiled modules",
  "functions and their text": "The text of functions is kept here; CCF drops it with its bytecode",
  "syntax the engine takes or refuses": "A later QuickJS knows more of the language",
  "modules that do not load, compiled when installed":
    "Endpoints may be served here by functions that a module exports by `export * from`",
  "modules that do not load, compiled when called":
    "Endpoints may be served here by functions that a module exports by `export * from`",
  "an algorithm that is no object, a message that is no buffer":
    "The cause of a failure is not quoted here where it would repeat the argument",
  "ccf.kv as an object": "Only what property descriptors say of tables differs, not what tables do",
};
