import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ACTIONS } from "../../../constitution/actions/index.js";
import { readMetadata } from "../../../scripts/build/application.js";
import { root } from "../../../scripts/build/paths.js";

const read = (file: string): string => readFileSync(join(root, file), "utf8");

/** The rows of the tables of a section, each as the text of its cells. */
function rowsOf(section: string): string[][] {
  const [, text = ""] = `\n${read("docs/parity.md")}`.split(`\n## ${section}\n`);
  const lines = (text.split("\n## ")[0] ?? "").split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", "")),
  );
}

/** Whether the test that a cell names, `file: title`, is there. */
function assertNamed(cell: string): void {
  const at = cell.indexOf(": ");
  const [file, title] = [cell.slice(0, at), cell.slice(at + 2)];
  const titles = [...read(join("test", file)).matchAll(/\b(?:it|describe)\(\s*(["'`])(.*?)\1,/gs)];
  assert.ok(
    titles.some(([, , found]) => found === title),
    `${file} has no test "${title}"`,
  );
}

describe("docs/parity.md", () => {
  const endpoints = () => [
    ...rowsOf("Endpoints of the reference").map((row) => row.slice(1)),
    ...rowsOf("Endpoints beyond the reference"),
  ];

  it("names every endpoint once, where it is, and a test of its success and of its refusals", async () => {
    const metadata = await readMetadata();
    const expected = Object.entries(metadata.endpoints).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { js_module }]) => [
        `${method.toUpperCase()} ${path}`,
        `src/${js_module.replace(/\.js$/, ".ts")}`,
      ]),
    );
    assert.deepEqual(
      endpoints()
        .map((row) => row.slice(0, 2))
        .sort(),
      expected.sort(),
    );
    for (const [, , works = "", refuses = "", ...more] of endpoints()) {
      assert.equal(more.length, 0);
      assertNamed(works);
      assertNamed(refuses);
    }
  });

  it("names the 59 operations of the reference by their numbers", () => {
    const numbers = rowsOf("Endpoints of the reference").map(([number]) => Number(number));
    assert.deepEqual(
      numbers,
      Array.from({ length: 59 }, (_, index) => index + 1),
    );
  });

  it("names every action once, where it is, and a test of its success and of its refusals", () => {
    const rows = rowsOf("Actions");
    assert.deepEqual(rows.map(([name]) => name).sort(), Object.keys(ACTIONS).sort());
    for (const [name = "", file = "", works = "", refuses = "", ...more] of rows) {
      assert.equal(more.length, 0);
      assert.match(read(file), new RegExp(`\\b${name}\\b`), file);
      assertNamed(works);
      assertNamed(refuses);
    }
  });

  it("names for each of the 31 stricter rules where it is, and a test that names its number", () => {
    const rows = rowsOf("Where this service is stricter");
    assert.deepEqual(
      rows.map(([number]) => Number(number)),
      Array.from({ length: 31 }, (_, index) => index + 1),
    );
    for (const [number = "", , files = "", test = ""] of rows) {
      for (const file of files.split(", ")) assert.ok(read(file).length > 0);
      assertNamed(test);
      assert.match(test, new RegExp(`improvements? [0-9, and]*\\b${number}\\b`));
    }
  });
});
