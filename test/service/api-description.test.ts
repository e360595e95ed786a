import { Validator } from "@seriousme/openapi-schema-validator";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { shape } from "../../src/schemas/shape.js";
import { sharedNetwork } from "./support/network.js";

const openApi = shape("openApi", {
  type: "object",
  required: ["openapi", "paths"],
  properties: {
    openapi: { type: "string" },
    paths: { type: "object", additionalProperties: { type: "object", additionalProperties: {} } },
  },
});

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly operationId?: string;
  readonly requestBody?: object;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses?: Readonly<Record<string, { readonly description?: string }>>;
}

describe("the description of the API that a node serves", function () {
  this.timeout(30_000);
  let paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  let document: Record<string, unknown>;

  before(async () => {
    const net = await sharedNetwork();
    const served = (await net.client.get("/app/api")).as(openApi);
    [document, paths] = [served, served.paths];
  });

  /** Every operation of the application, with its path. */
  const operations = (): [string, string, Operation][] => {
    const { endpoints } = JSON.parse(readFileSync("app.json", "utf8")) as { endpoints: typeof paths };
    return Object.entries(endpoints).flatMap(([path, methods]) =>
      Object.keys(methods).map((method): [string, string, Operation] => [
        path,
        method,
        paths[`/app${path}`]?.[method] as Operation,
      ]),
    );
  };

  it("is a valid OpenAPI document", async () => {
    const { valid, errors } = await new Validator().validate(document);
    assert.ok(valid, JSON.stringify(errors));
  });

  it("says of every endpoint what it is for, what it takes, and how it answers and refuses", () => {
    for (const [path, method, operation] of operations()) {
      const name = `${method} ${path}`;
      assert.ok(operation.summary && operation.summary.length >= 10, `${name} has no summary`);
      assert.ok(operation.tags?.length === 1, `${name} belongs to no section`);
      const placed = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
      const described = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
      assert.deepEqual(
        described.map((parameter) => parameter.name),
        placed,
        name,
      );
      const statuses = Object.keys(operation.responses ?? {});
      assert.ok(
        statuses.some((status) => status.startsWith("2")),
        `${name} never succeeds`,
      );
      assert.ok(method !== "put" || operation.requestBody, `${name} takes nothing`);
    }
  });

  it("has one id per operation, for those who generate clients", () => {
    const ids = operations().map(([, , { operationId }]) => operationId);
    assert.equal(new Set(ids).size, ids.length, ids.join(" "));
  });
});
