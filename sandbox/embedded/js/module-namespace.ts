/** Under this name a module finds whom to give its namespace, which the library for QuickJS does not offer. */
export const NAMESPACE_TAKER = "namespace of a module";

/**
 * A module that gives its own namespace away before it does anything else. It imports itself last: to QuickJS, what a
 * module imports and exports again is in namespaces from then on.
 * @param name its own
 */
export function givingNamespace(name: string, source: string): string {
  const taker = `globalThis[${JSON.stringify(NAMESPACE_TAKER)}]`;
  const namespace = "$ownNamespace";
  return (
    `{const take=${taker};delete ${taker};take(${namespace})}${source}\n` +
    `import * as ${namespace} from ${JSON.stringify(name)};`
  );
}

/**
 * A module that cannot be linked, since it imports from itself what it does not export: QuickJS compiles it, and what
 * it imports, and evaluates nothing. (The library's own way to compile only makes QuickJS read memory at random.)
 * @param name its own
 */
export function neverLinked(name: string, source: string): string {
  return `import { $nothing } from ${JSON.stringify(name)};${source}`;
}
