import { table } from "../../sandbox/screen/table.js";

/** A case in which at least one answer differs. */
export interface DifferingCase {
  readonly area: string;
  readonly name: string;
  /** where, what CCF answered, and what was answered here */
  readonly details: string;
}

/** What a comparison with the transcripts found. */
export interface Report {
  readonly areas: readonly { area: string; cases: number; equal: number; different: number }[];
  readonly differing: readonly DifferingCase[];
}

/** By name of the case, why it differs. */
export type Reasons = Readonly<Record<string, string>>;

/** A report held against the reasons that there are. */
export interface Judged {
  readonly report: Report;
  readonly explained: readonly (DifferingCase & { reason: string })[];
  readonly unexplained: readonly DifferingCase[];
  /** names of cases that have a reason to differ, and do not */
  readonly stale: readonly string[];
}

/** Reads the output of the battery's `compare.mjs`. */
export function readReport(output: string): Report {
  const end = output.search(/^area\s+cases\s+equal\s+different/m);
  const [listed, numbers] = end < 0 ? [output, ""] : [output.slice(0, end), output.slice(end)];
  const areas = numbers.split("\n").flatMap((line) => {
    const [, area = "", ...counts] = /^(\S+)\s+(\d+)\s+(\d+)\s+(\d+)/.exec(line) ?? [];
    const [cases = 0, equal = 0, different = 0] = counts.map(Number);
    return area === "" ? [] : [{ area, cases, equal, different }];
  });
  const differing = [...listed.matchAll(/^([a-z-]+): (.+)\n((?: {2}.*(?:\n|$))+)/gm)].map(
    ([, area = "", name = "", details = ""]) => ({ area, name, details: details.trimEnd() }),
  );
  return { areas, differing };
}

/** @param complete whether all cases were compared: only then is it known that one does not differ */
export function judge(report: Report, reasons: Reasons, complete: boolean): Judged {
  const names = new Set(report.differing.map(({ name }) => name));
  return {
    report,
    explained: report.differing.flatMap((differing) => {
      const reason = reasons[differing.name];
      return reason === undefined ? [] : [{ ...differing, reason }];
    }),
    unexplained: report.differing.filter(({ name }) => reasons[name] === undefined),
    stale: complete ? Object.keys(reasons).filter((name) => !names.has(name)) : [],
  };
}

/** Whether everything is equal or known not to be. */
export function isAsExpected({ report, unexplained, stale }: Judged): boolean {
  return report.areas.length > 0 && unexplained.length === 0 && stale.length === 0;
}

/** For people at a terminal. */
export function printed({ report, explained, unexplained, stale }: Judged): string {
  const rows = report.areas.map(({ area, ...counts }) => [area, ...Object.values(counts).map(String)]);
  const list = (title: string, entries: readonly string[]) =>
    entries.length === 0 ? [] : [`${title}\n`, ...entries.map((entry) => `${entry}\n`)];
  return [
    `${table(["area", "cases", "equal", "different"], rows, { numbers: true })}\n`,
    ...list(
      "Differ, for a reason (sandbox/embedded/differences.ts):",
      explained.map(({ area, name, reason }) => `${area}: ${name}\n  ${reason}`),
    ),
    ...list(
      "Differ, and should not:",
      unexplained.map(({ area, name, details }) => `${area}: ${name}\n${details}`),
    ),
    ...list(
      "Have a reason to differ in sandbox/embedded/differences.ts, and do not (take it out):",
      stale.map((name) => `  ${name}`),
    ),
  ].join("\n");
}

/** As a page of the documentation. */
export function describeReport({ report, explained, unexplained }: Judged): string {
  const rows = report.areas.map(({ area, cases, equal, different }) =>
    area === "all"
      ? `| **all** | **${cases}** | **${equal}** | **${different}** |`
      : `| ${area} | ${cases} | ${equal} | ${different} |`,
  );
  const cases = [
    ...explained.map(({ area, name, reason }) => `- ${area}: ${name}. ${reason}`),
    ...unexplained.map(({ area, name }) => `- ${area}: ${name}`),
  ];
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
    "",
    "Where a case differs, its reason stands in `sandbox/embedded/differences.ts`. A difference without a reason fails the",
    "comparison, and so does a reason without a difference.",
  ].join("\n")}\n`;
}
