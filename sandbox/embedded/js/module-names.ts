/** Says which module an import means. @param importer the name of the module that imports */
export type ImportResolver = (importer: string, requested: string) => string;

/** Relative names start from the folder of the importer, all others stand for themselves: QuickJS's own rule. */
export const resolveImport: ImportResolver = (importer, requested) => {
  if (!requested.startsWith(".")) return requested;
  const folders = importer.split("/").slice(0, -1);
  let rest = requested;
  for (;;) {
    if (rest.startsWith("./")) rest = rest.slice(2);
    else if (rest.startsWith("../") && folders.some((folder) => folder !== "")) {
      folders.pop();
      rest = rest.slice(3);
    } else break;
  }
  const folder = folders.join("/");
  return folder === "" ? rest : `${folder}/${rest}`;
};

export function withSlash(name: string): string {
  return name.startsWith("/") ? name : `/${name}`;
}

/** The name of the module that another name, given by {@link CompiledModuleNames}, is a copy of. */
export function originalName(name: string): string {
  return name.replace(/^\/\//, "/");
}

/**
 * Which module an import means where CCF has compiled the modules beforehand. They are called what they are in the
 * table, with a slash in front, but imports from the top folder ask for them without. So a module that is imported both
 * from the top folder and from another one is loaded twice, and has its state twice.
 */
export class CompiledModuleNames {
  /** the names in use, all with a slash in front; a second copy has two */
  readonly #loaded = new Set<string>();
  /** by the name that was asked for, if that has no slash in front */
  readonly #asked = new Map<string, string>();

  constructor(entry: string) {
    this.#loaded.add(entry);
  }

  readonly resolve: ImportResolver = (importer, requested) => {
    const name = resolveImport(originalName(importer), requested);
    if (name.startsWith("/")) return this.#add(name);
    const known = this.#asked.get(name);
    if (known !== undefined) return known;
    const copy = this.#add(this.#loaded.has(`/${name}`) ? `//${name}` : `/${name}`);
    this.#asked.set(name, copy);
    return copy;
  };

  #add(name: string): string {
    this.#loaded.add(name);
    return name;
  }
}
