import type { QuickJSHandle } from "quickjs-emscripten-core";
import type { Plain } from "./binary-json.js";
import { internalError, typeError } from "./guest-error.js";
import type { Interpreter } from "./interpreter.js";
import { Thrown } from "./thrown.js";
import type { Invocation } from "./invocation.js";

/** What a function for the guest does; it answers with a value or a handle. */
export type HostFunction = (call: HostCall) => Plain | QuickJSHandle;

/** Functions for the guest by name: how many arguments they say to take, and what they do. */
export type HostFunctions = Readonly<Record<string, readonly [length: number, run: HostFunction]>>;

/** A call from the guest. Arguments are converted as the functions of CCF convert theirs, which is seldom checking. */
export class HostCall {
  readonly interpreter: Interpreter;
  readonly self: QuickJSHandle;
  readonly args: readonly QuickJSHandle[];

  constructor(interpreter: Interpreter, self: QuickJSHandle, args: readonly QuickJSHandle[]) {
    this.interpreter = interpreter;
    this.self = self;
    this.args = args;
  }

  get invocation(): Invocation {
    if (!this.interpreter.invocation) throw internalError("Failed to get extension object");
    return this.interpreter.invocation;
  }

  /** @param expected as the message puts it, which is not the same everywhere: `, but expected 1` */
  requireArguments(from: number, expected: string, to = from): void {
    const count = this.args.length;
    if (count < from || count > to) throw typeError(`Passed ${count} arguments${expected}`);
  }

  arg(index: number): QuickJSHandle {
    return this.args[index] ?? this.interpreter.context.undefined;
  }

  /** The bytes of an `ArrayBuffer`, nothing else. */
  bytes(index: number, otherwise = "ArrayBuffer object expected"): Uint8Array {
    const value = this.plain(index);
    if (value instanceof Uint8Array) return value;
    throw typeError(otherwise);
  }

  /** A string, nothing else. */
  string(index: number, otherwise: string): string {
    const value = this.plain(index);
    if (typeof value === "string") return value;
    throw typeError(otherwise);
  }

  isUndefined(index: number): boolean {
    return this.args[index] === undefined || this.plain(index) === undefined;
  }

  /** Anything as text; it ends at a zero character. */
  text(index: number): string {
    return this.textOf(this.arg(index));
  }

  textOf(value: QuickJSHandle): string {
    const text = this.#converted(() => this.interpreter.ask("text", value));
    if (typeof text !== "string") throw typeError("value is not a string");
    const end = text.indexOf("\0");
    return end < 0 ? text : text.slice(0, end);
  }

  /** `ToNumber` of the language. */
  number(index: number): number {
    return this.numberOf(this.arg(index));
  }

  numberOf(value: QuickJSHandle): number {
    const number = this.interpreter.ask("number", value);
    return typeof number === "number" ? number : NaN;
  }

  boolean(index: number): boolean {
    return this.interpreter.ask("boolean", this.arg(index)) === true;
  }

  /** The argument as JSON text. @throws {Thrown} */
  json(index: number): string | undefined {
    const text = this.interpreter.ask("stringify", this.arg(index));
    return typeof text === "string" ? text : undefined;
  }

  /** A property of an argument, whatever that is. @throws {Thrown} what its getter throws, or for `null` */
  property(index: number, name: string): QuickJSHandle {
    return this.interpreter.help("property", this.arg(index), name);
  }

  /** An argument as data, `null` if it is something that has no form as data. */
  plain(index: number): Plain {
    const value = this.args[index];
    return value && this.plainOf(value);
  }

  plainOf(value: QuickJSHandle): Plain {
    try {
      return this.interpreter.read(value);
    } catch (error) {
      if (error instanceof TypeError) return null;
      throw error;
    }
  }

  #converted(convert: () => Plain): Plain {
    try {
      return convert();
    } catch (error) {
      if (!(error instanceof Thrown)) throw error;
      error.value.dispose();
      return undefined;
    }
  }
}
