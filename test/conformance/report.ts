/** What a comparison with the transcripts found. */
export interface Report {
  readonly areas: readonly { area: string; cases: number; equal: number; different: number }[];
  readonly differing: readonly { area: string; name: string }[];
}

/** Reads the output of the battery's `compare.mjs`. */
export function readReport(output: string): Report {
  const lines = output.split("\n");
  const header = lines.findLastIndex((line) => /^area\s+cases\s+equal\s+different/.test(line));
  const areas = lines.slice(header + 1).flatMap((line) => {
    const [, area = "", ...counts] = /^(\S+)\s+(\d+)\s+(\d+)\s+(\d+)/.exec(line) ?? [];
    const [cases = 0, equal = 0, different = 0] = counts.map(Number);
    return area === "" ? [] : [{ area, cases, equal, different }];
  });
  const names = new Set(areas.map(({ area }) => area));
  const differing = lines.slice(0, Math.max(header, 0)).flatMap((line) => {
    const [, area = "", name = ""] = /^([a-z-]+): (.+)$/.exec(line) ?? [];
    return names.has(area) ? [{ area, name }] : [];
  });
  return { areas, differing };
}

/** The report as a page of the documentation. @param reasons by name of the case, why the node differs there */
export function describeReport(
  { areas, differing }: Report,
  reasons: Readonly<Record<string, string>>,
): string {
  const rows = areas.map(({ area, cases, equal, different }) =>
    area === "all"
      ? `| **all** | **${cases}** | **${equal}** | **${different}** |`
      : `| ${area} | ${cases} | ${equal} | ${different} |`,
  );
  const cases = differing.map(
    ({ area, name }) => `- ${area}: ${name}${reasons[name] === undefined ? "" : `. ${reasons[name]}`}`,
  );
  const list =
    cases.length === 0
      ? ["No case differs."]
      : ["Cases in which at least one answer differs, be it in one word of a message:", "", ...cases];
  return `${[
    "# Conformance",
    "",
    "The embedded node is meant to answer like a real CCF node. A battery of cases, of which transcripts were recorded from",
    "one, is run against it, and every answer is compared: status, headers, body. This table is written by",
    "`npm run test:conformance -- --write-docs`; it is not edited by hand.",
    "",
    "| area | cases | equal | different |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
    ...list,
  ].join("\n")}\n`;
}
