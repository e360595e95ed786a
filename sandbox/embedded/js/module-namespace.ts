/** Under this name a module finds whom to give its namespace, which the library for QuickJS does not offer. */
export const NAMESPACE_TAKER = "namespace of a module";

/** The beginning of a module that gives its own namespace away before it does anything else. @param name its own */
export function givingNamespace(name: string): string {
  const taker = `globalThis[${JSON.stringify(NAMESPACE_TAKER)}]`;
  const namespace = "$ownNamespace";
  return (
    `import * as ${namespace} from ${JSON.stringify(name)};` +
    `{const take=${taker};delete ${taker};take(${namespace})}`
  );
}
