import type { Command } from "commander";
import { print } from "./output.js";

/**
 * Makes a commander action out of a function of the command's arguments and options: prints what it returns.
 *
 * @param forPeople how it is told to people, if not as fields and lines
 */
export type Run = <A extends unknown[], R>(
  act: (...args: A) => R,
  forPeople?: (result: Awaited<R>) => string,
) => (...args: [...A, command: Command]) => Promise<void>;

export const run: Run =
  (act, forPeople) =>
  async (...all) => {
    const command = all.at(-1) as Command;
    const result = await act(...(all.slice(0, -1) as Parameters<typeof act>));
    const { json = false } = command.optsWithGlobals<{ json?: true }>();
    if (result !== undefined) print(!json && forPeople ? forPeople(result) : result, json);
  };
