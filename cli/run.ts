import type { Command } from "commander";
import { print } from "./output.js";

/** Makes a commander action out of a function of the command's arguments and options: prints what it returns. */
export type Run = <A extends unknown[]>(
  act: (...args: A) => unknown,
) => (...args: [...A, command: Command]) => Promise<void>;

export const run: Run =
  (act) =>
  async (...all) => {
    const command = all.at(-1) as Command;
    const result = await act(...(all.slice(0, -1) as Parameters<typeof act>));
    const { json } = command.optsWithGlobals<{ json?: true }>();
    if (result !== undefined) print(result, json ?? false);
  };
