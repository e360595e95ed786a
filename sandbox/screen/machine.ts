import { codeOf } from "../../sdk/errors.js";
import type { StepText, Tell } from "../stage.js";
import { commandsFor } from "./commands.js";
import { describe } from "./failure.js";
import type { Screen } from "./screen.js";

/** Writes one line of JSON per step, one at the end, and one if the service stays up. */
export function machineScreen(out: NodeJS.WritableStream): Screen {
  const print = (value: object) => void out.write(`${JSON.stringify(value)}\n`);
  return {
    begin: () => undefined,

    async step<T>({ id: step, title, proves }: StepText, run: (tell: Tell) => Promise<T>): Promise<T> {
      const began = performance.now();
      const facts: { label: string; value: string }[] = [];
      const result = await run((label, value) => {
        facts.push({ label, value });
      });
      print({ step, title, proves, facts, ms: Math.round(performance.now() - began) });
      return result;
    },

    end(net, tour, measured) {
      print({ done: true, url: net.url, workspace: net.workspace.folder, ...tour, ...measured });
    },

    stay(net, tour) {
      print({ up: net.url, commands: commandsFor(net, tour) });
    },

    failed(error) {
      print({ error: { code: codeOf(error) ?? "Failed", message: describe(error) } });
    },
  };
}
