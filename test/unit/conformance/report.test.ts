import assert from "node:assert/strict";
import { describeReport, isAsExpected, judge, printed, readReport } from "../../conformance/report.js";

const details = `  step 1: GET /gov/members/proposals
  at json.error.code
    CCF:  "ProposalNotFound"
    here: "ResourceNotFound"`;

const output = `
gov: reading proposals
${details}

gov: what has no details: a colon
  this case is not in the transcript

area            cases      equal  different
genesis            12         12          0
gov               121        119          2
all               133        131          2
`;
const report = readReport(output);
const equal = readReport(output.slice(output.indexOf("area")).replace(/\d$/gm, "0"));
const reasons = { "reading proposals": "The reason.", "what has no details: a colon": "Another." };

describe("readReport()", () => {
  it("gives the numbers of each area and the cases that differ, with the details", () => {
    assert.deepEqual(
      report.areas.map(({ area, equal, different }) => [area, equal, different]),
      [
        ["genesis", 12, 0],
        ["gov", 119, 2],
        ["all", 131, 2],
      ],
    );
    assert.deepEqual(report.differing, [
      { area: "gov", name: "reading proposals", details },
      {
        area: "gov",
        name: "what has no details: a colon",
        details: "  this case is not in the transcript",
      },
    ]);
  });
});

describe("a comparison", () => {
  const verdict = (found = report, known = {}, complete = true) =>
    isAsExpected(judge(found, known, complete));

  it("succeeds if nothing differs, or what is known to", () => {
    assert.equal(verdict(equal), true);
    assert.equal(verdict(report, reasons), true);
  });

  it("fails over a difference without a reason, and shows what differs", () => {
    assert.equal(verdict(report, { "reading proposals": "The reason." }), false);
    const shown = printed(judge(report, {}, true));
    assert.ok(shown.includes(`gov: reading proposals\n${details}`));
  });

  it("fails over a reason without a difference, and says which, if all cases were compared", () => {
    assert.equal(verdict(equal, reasons), false);
    assert.match(printed(judge(equal, reasons, true)), /take it out\):\n\n {2}reading proposals$/m);
    assert.equal(verdict(equal, reasons, false), true);
  });

  it("fails if nothing was compared", () => {
    assert.equal(verdict(readReport("the comparison could not be made")), false);
  });

  it("shows reasons, and details only where there is none", () => {
    const shown = printed(judge(report, reasons, true));
    assert.match(shown, /^gov: reading proposals\n {2}The reason\.$/m);
    assert.doesNotMatch(shown, /ProposalNotFound/);
  });
});

describe("describeReport()", () => {
  it("lists every case that differs, with the reason if there is one", () => {
    const page = describeReport(judge(report, { "reading proposals": "The reason." }, true));
    assert.match(page, /^\| gov \| 121 \| 119 \| 2 \|$/m);
    assert.match(page, /^- gov: reading proposals\. The reason\.$/m);
    assert.match(page, /^- gov: what has no details: a colon$/m);
  });

  it("says so if none does", () => {
    assert.match(describeReport(judge(equal, {}, true)), /^No case differs\.$/m);
  });
});
