import type { Interpreter } from "./interpreter.js";
import type { Module, ModuleLoader } from "./modules.js";

/** What QuickJS says of code that is nested too deep. */
const STACK_OVERFLOW = "SyntaxError: stack overflow";

/** Why a module does not compile: `null` is all that CCF knows where the problem is in what it imports. */
export function compileProblem(interpreter: Interpreter, module: Module): string | undefined {
  const own = syntaxError(interpreter, module, () => "");
  if (own !== undefined) return own;
  const missing: string[] = [];
  const imported = syntaxError(interpreter, module, (wanted) => {
    const found = module.load(wanted);
    if (found === undefined) missing.push(wanted);
    return found;
  });
  return missing.length > 0 || imported !== undefined ? "null" : undefined;
}

/** Whether what was thrown says that the exports and imports of modules do not fit together. */
export function isLinkError(reason: string): boolean {
  return /^SyntaxError: (Could not find export|export '.*' in module|circular reference when looking for)/.test(
    reason,
  );
}

/** Whether modules compile, all of them, with what they import. */
export function allCompile(interpreter: Interpreter, modules: readonly Module[]): boolean {
  let missing = false;
  // in one interpreter, so that a module that many import is compiled but once for them all
  return interpreter.beside("APP_RO", (own) =>
    modules.every((module) => {
      const load: ModuleLoader = (wanted) => {
        const found = module.load(wanted);
        missing ||= found === undefined;
        return found;
      };
      return problemIn(own, module, load) === undefined && !missing;
    }),
  );
}

/** What is wrong with the text of a module, or of one that it imports. */
function syntaxError(interpreter: Interpreter, module: Module, load: ModuleLoader): string | undefined {
  return interpreter.beside("APP_RO", (own) => problemIn(own, module, load));
}

function problemIn(
  own: Interpreter,
  { name, source, resolve }: Module,
  load: ModuleLoader,
): string | undefined {
  own.setModuleLoader(load, resolve);
  try {
    const thrown = own.compileModule(name(), source());
    const reason = thrown?.consume((error) => own.explain(error).reason);
    return reason?.startsWith("SyntaxError: ") && !isLinkError(reason) ? reason : undefined;
  } catch (error) {
    if (own.broken) return STACK_OVERFLOW;
    throw error;
  }
}
