import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readMetadata } from "../../../scripts/build/application.js";
import { endpointOf } from "../../../scripts/build/openapi.js";
import { root } from "../../../scripts/build/paths.js";
import type { AnyTerms } from "../../../src/kit/endpoint.js";
import { attestedRequest, boundRequest } from "../../../src/schemas/requests.js";
import { attestedRefusals } from "../app/attested-refusals.js";
import { sharedRefusals } from "../app/shared-refusals.js";

const folder = join(root, "test", "unit", "app");
const read = (file: string): string => readFileSync(join(folder, file), "utf8");

/** The tests of endpoints, each with what it takes from the files beside it. */
const tests = readdirSync(folder)
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => {
    const own = read(file);
    const helpers = [...own.matchAll(/from "\.\/([\w-]+)\.js"/g)].map(([, name = ""]) => read(`${name}.ts`));
    return { own, all: [own, ...helpers].join("\n") };
  });

/** With which codes only this endpoint refuses, or few: those of all are tested for all. */
function ownRefusals({ refusals = [], codes = {}, bodies = [] }: AnyTerms): string[] {
  const attested = bodies.some((one) => one === attestedRequest || one === boundRequest);
  const shared: readonly string[] = [...sharedRefusals, ...(attested ? Object.keys(attestedRefusals) : [])];
  return [...new Set([...refusals, ...Object.values(codes)])].filter((one) => !shared.includes(one));
}

describe("a code with which an endpoint says that it refuses", () => {
  it("is expected by a test that calls the endpoint", async () => {
    const { endpoints } = await readMetadata();
    const missing: string[] = [];
    for (const described of Object.values(endpoints).flatMap((methods) => Object.values(methods))) {
      const called = new RegExp(`\\b${described.js_function}\\b`);
      const calling = tests.filter(({ all }) => called.test(all));
      const { terms } = await endpointOf(described);
      for (const code of ownRefusals(terms))
        if (!calling.some(({ own }) => own.includes(`"${code}"`)))
          missing.push(`${described.js_function}: ${code}`);
    }
    assert.deepEqual(missing, []);
  });
});
