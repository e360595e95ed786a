import assert from "node:assert/strict";
import { describeReport, readReport } from "../../conformance/report.js";

const output = `
gov: reading proposals
  step 1: GET /gov/members/proposals
  at json.error.code
    CCF:  "ProposalNotFound"
    here: "ResourceNotFound"

area            cases      equal  different
genesis            12         12          0
gov               121        120          1
all               133        132          1
`;

describe("readReport()", () => {
  it("gives the numbers of each area and the cases that differ", () => {
    const { areas, differing } = readReport(output);
    assert.deepEqual(
      areas.map(({ area, equal, different }) => [area, equal, different]),
      [
        ["genesis", 12, 0],
        ["gov", 120, 1],
        ["all", 132, 1],
      ],
    );
    assert.deepEqual(differing, [{ area: "gov", name: "reading proposals" }]);
  });
});

describe("describeReport()", () => {
  it("lists every case that differs, with the reason if there is one", () => {
    const page = describeReport(readReport(output), { "reading proposals": "The reason." });
    assert.match(page, /^\| gov \| 121 \| 120 \| 1 \|$/m);
    assert.match(page, /^- gov: reading proposals\. The reason\.$/m);
    assert.match(describeReport(readReport(output), {}), /^- gov: reading proposals$/m);
  });

  it("says so if none does", () => {
    const equal = readReport(output.slice(output.indexOf("area")).replace(/1$/gm, "0"));
    assert.match(describeReport(equal, {}), /^No case differs\.$/m);
  });
});
