import { causeOf, typeError } from "../guest-error.js";
import type { HostCall } from "../host-call.js";
import type { Interpreter } from "../interpreter.js";
import { exportedFunction, LoadError, soleModule } from "../modules.js";

/** The functions a constitution has to export, and how many arguments each takes, in the order of CCF's checks. */
const FUNCTIONS = [
  { name: "apply", required: ["proposal", "proposerId"], optional: [] },
  { name: "resolve", required: ["proposal", "proposerId", "votes"], optional: ["proposalId"] },
  { name: "validate", required: ["input"], optional: [] },
] as const;

const PATH = "proposed constitution";

/** `ccf.gov` */
export function gov(interpreter: Interpreter): void {
  interpreter.define(["ccf", "gov"], { validateConstitution: [1, validateConstitution] });
}

function validateConstitution(call: HostCall): boolean {
  call.requireArguments(1, ", but expected 1");
  const source = call.string(0, "constitution is not a string");
  if (source === "") throw typeError("constitution is empty");
  for (const entry of FUNCTIONS) checkFunction(call.interpreter, source, entry);
  return true;
}

/** In an interpreter of its own each, since the module is evaluated and must have no effect on the caller. */
function checkFunction(
  interpreter: Interpreter,
  source: string,
  { name, required, optional }: (typeof FUNCTIONS)[number],
): void {
  const length = argumentsTaken(interpreter, source, name);
  const most = required.length + optional.length;
  if (length >= required.length && length <= most) return;
  const actual = `${PATH} exports function ${name} with ${count(length)}`;
  const list = required.join(", ");
  throw typeError(
    optional.length === 0
      ? `${actual}, expected ${count(most)} (${list})`
      : `${actual}, expected between ${required.length} and ${most} args (${list}[, ${optional.join(", ")}])`,
  );
}

function argumentsTaken(interpreter: Interpreter, source: string, name: string): number {
  try {
    return interpreter.beside("GOV_RO", (own) =>
      own.within(interpreter.limits, () =>
        exportedFunction(own, soleModule(PATH, source), name).consume((exported) =>
          Number(own.ask("property", exported, "length")),
        ),
      ),
    );
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    throw typeError(`${PATH} does not export a function named ${name}: ${causeOf(error)}`);
  }
}

function count(args: number): string {
  return `${args} ${args === 1 ? "arg" : "args"}`;
}
