import { methodOrder } from "./wire/methods.js";

/** A path with parameters, such as `/contracts/{id}`. */
interface PathTemplate {
  readonly names: readonly string[];
  readonly pattern: RegExp;
}

/**
 * Reads a path as CCF does: each `{name}` matches up to the next `/`, or up to the character that follows it; all else is
 * part of a regular expression, in which a dot stands for any character.
 *
 * @returns `undefined` if the path has no parameters
 * @throws {Error} if braces do not match, or two parameters in a row have the same name
 */
export function parseTemplate(path: string): PathTemplate | undefined {
  if (!path.includes("{")) return undefined;
  const names: string[] = [];
  let source = path;
  for (let start = source.indexOf("{"); start >= 0; start = source.indexOf("{", start + 1)) {
    const end = source.indexOf("}", start);
    if (end < 0) throw new Error(`Invalid templated path - missing closing curly bracket: ${path}`);
    const next = source[end + 1] ?? "";
    names.push(source.slice(start + 1, end));
    source = `${source.slice(0, start)}([^/${next === "/" ? "" : next}]+)${source.slice(end + 1)}`;
  }
  if (names.some((name, index) => index > 0 && name === names[index - 1]))
    throw new Error(`Invalid templated path - duplicated component names (${names.join(", ")}): ${path}`);
  return { names, pattern: new RegExp(`^(?:${source})$`) };
}

/** Where requests of one method and path go. */
export interface Route<Target> {
  /** in capitals */
  readonly method: string;
  readonly path: string;
  readonly target: Target;
}

/** A route that fits a request. */
export interface Match<Target> {
  readonly route: Route<Target>;
  /** as they were sent */
  readonly params: Record<string, string>;
}

/** Routes, of which those without parameters go first. */
export class Router<Target> {
  readonly #exact = new Map<string, Route<Target>>();
  readonly #templated: { route: Route<Target>; template: () => PathTemplate }[] = [];

  constructor(routes: Iterable<Route<Target>>) {
    for (const route of routes) {
      if (route.path.includes("{")) this.#templated.push({ route, template: parsedLater(route.path) });
      else this.#exact.set(`${route.method} ${route.path}`, route);
    }
  }

  /** @throws {Error} if several routes fit, or one of the templates tried cannot be parsed */
  find(method: string, path: string): Match<Target> | undefined {
    const exact = this.#exact.get(`${method} ${path}`);
    if (exact) return { route: exact, params: {} };
    const matches = this.#templated
      .filter(({ route }) => route.method === method)
      .flatMap(({ route, template }) => {
        const params = match(template(), path);
        return params ? [{ route, params }] : [];
      });
    if (matches.length <= 1) return matches[0];
    const paths = matches.map(({ route }) => `\n  ${route.path}`);
    throw new Error(`Multiple potential matches for path: ${path}${paths.join("")}`);
  }

  /** The methods that a path takes. @throws {Error} if one of the templates cannot be parsed */
  methodsOf(path: string): string[] {
    const fitting = [
      ...Array.from(this.#exact.values()).filter((route) => route.path === path),
      ...this.#templated.filter(({ template }) => match(template(), path)).map(({ route }) => route),
    ];
    return sortMethods(fitting.map(({ method }) => method));
  }
}

/** Each once, in CCF's order. */
export function sortMethods(methods: readonly string[]): string[] {
  return [...new Set(methods)].sort((a, b) => methodOrder(a) - methodOrder(b));
}

/** A broken template fails those requests for which it is tried, and not the installation of the application. */
function parsedLater(path: string): () => PathTemplate {
  let parsed: PathTemplate | undefined;
  return () => {
    parsed ??= parseTemplate(path);
    if (!parsed) throw new TypeError(`${path} has no parameters`);
    return parsed;
  };
}

function match({ names, pattern }: PathTemplate, path: string): Record<string, string> | undefined {
  const found = pattern.exec(path);
  return found ? Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? ""])) : undefined;
}
