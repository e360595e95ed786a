import { styleText } from "node:util";
import type { WriteStream } from "node:tty";
import { ServiceError } from "../../sdk/errors.js";
import { commandsFor } from "./commands.js";
import { describe } from "./failure.js";
import type { Screen } from "./screen.js";

const WIDEST = 110;
/** Where what is told begins, after its label. */
const INDENT = 29;

/** Writes for people: coloured on a terminal, unless NO_COLOR is set. */
export function peopleScreen(out: WriteStream, err: WriteStream): Screen {
  const paint = painter(out);
  const width = Math.min(out.columns || WIDEST, WIDEST);
  const print = (line = "") => void out.write(`${line}\n`);
  let number = 0;

  return {
    begin() {
      print(paint("bold", "\nA consortium, from an empty folder to a verified receipt"));
    },

    async step(text, run) {
      const began = performance.now();
      print(`\n${paint("bold", `${String(++number).padStart(2)}  ${text.title}`)}`);
      const result = await run((label, value) => {
        const [first = "", ...rest] = wrap(value, width - INDENT);
        print(`    ${paint("cyan", label.padEnd(INDENT - 6))}  ${first}`);
        for (const line of rest) print(`${" ".repeat(INDENT)}${line}`);
      });
      for (const line of wrap(`→ ${text.proves}`, width - 4)) print(`    ${paint("green", line)}`);
      print(`    ${paint("gray", `${Math.round(performance.now() - began)} ms`)}`);
      return result;
    },

    end(net, tour, { totalMs, sinceBuild, residentBytes }) {
      const since = sinceBuild ? "since the build began" : "since this program began";
      print(`\n${paint("bold", "That was the tour")}`);
      print(
        `    ${(totalMs / 1000).toFixed(1)} s ${since}; ${Math.round(residentBytes / 1e6)} MB of memory in this process`,
      );
      print(`    Keys, certificates and the ledger are in ${net.workspace.folder}`);
    },

    stay(net, tour) {
      print(`\n${paint("bold", `The service is up at ${net.url}`)} — in another terminal, from here:`);
      for (const { what, command } of commandsFor(net, tour))
        print(`\n    ${paint("cyan", `# ${what}`)}\n${indent(command)}`);
      print(`\n${paint("gray", "Ctrl-C stops the service; the next npm start goes on from its ledger.")}`);
    },

    failed(error) {
      err.write(`\n${painter(err)("red", "✘")} ${describe(error)}\n`);
      if (error instanceof ServiceError)
        for (const detail of error.details) err.write(`  ${JSON.stringify(detail)}\n`);
    },
  };
}

type Paint = (colour: "bold" | "cyan" | "gray" | "green" | "red", text: string) => string;

function painter(stream: WriteStream): Paint {
  if (!stream.isTTY || !stream.hasColors()) return (_colour, text) => text;
  return styleText;
}

/** Breaks text at spaces; a word that is longer than a line gets a line of its own. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "    ");
}
