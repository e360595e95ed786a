import assert from "node:assert/strict";
import { Router } from "../../../../sandbox/embedded/rpc/router.js";

const router = (...paths: string[]) =>
  new Router(
    paths.map((text) => {
      const [method = "", path = ""] = text.split(" ");
      return { method, path, target: text };
    }),
  );

describe("Router", () => {
  it("finds a path without parameters by method", () => {
    const routes = router("GET /a", "PUT /a", "GET /b");
    assert.equal(routes.find("PUT", "/a")?.route.target, "PUT /a");
    assert.equal(routes.find("POST", "/a"), undefined);
    assert.equal(routes.find("GET", "/a/"), undefined);
    assert.equal(routes.find("GET", "/A"), undefined);
  });

  it("gives parameters as they were sent", () => {
    const routes = router("GET /contracts/{id}/secrets/{name}");
    assert.deepEqual(routes.find("GET", "/contracts/a%2Fb/secrets/..")?.params, { id: "a%2Fb", name: ".." });
  });

  it("does not match an empty parameter, nor one with a slash", () => {
    const routes = router("GET /x/{id}");
    for (const path of ["/x/", "/x", "/x/a/b", "/x//"]) assert.equal(routes.find("GET", path), undefined);
  });

  it("ends a parameter at the character that follows it", () => {
    const routes = router("POST /members/{id}:ack", "GET /pair/{a}-{b}");
    assert.deepEqual(routes.find("POST", "/members/me:ack")?.params, { id: "me" });
    assert.equal(routes.find("POST", "/members/a:b:ack"), undefined);
    assert.deepEqual(routes.find("GET", "/pair/x-y-z")?.params, { a: "x", b: "y-z" });
  });

  it("takes a dot in a path with parameters for any character, as CCF does", () => {
    assert.deepEqual(router("GET /{name}.txt").find("GET", "/reportXtxt")?.params, { name: "report" });
  });

  it("prefers a path without parameters", () => {
    assert.equal(router("GET /{x}", "GET /a").find("GET", "/a")?.route.target, "GET /a");
  });

  it("refuses a path that two templates fit", () => {
    const routes = router("GET /{x}/b", "GET /a/{y}");
    assert.equal(routes.find("GET", "/a/c")?.route.path, "/a/{y}");
    assert.throws(() => routes.find("GET", "/a/b"), {
      message: "Multiple potential matches for path: /a/b\n  /{x}/b\n  /a/{y}",
    });
  });

  it("complains of a broken template when it is tried, not before", () => {
    const routes = router("GET /fine", "GET /open/{a");
    assert.ok(routes.find("GET", "/fine"));
    assert.throws(() => routes.find("GET", "/other"), /missing closing curly bracket: \/open\/\{a/);
    assert.throws(() => router("GET /{a}/{a}").find("GET", "/1/1"), /duplicated component names \(a, a\)/);
  });

  it("lists the methods of a path in CCF's order", () => {
    const routes = router("PATCH /{x}", "PUT /a", "DELETE /a", "GET /a", "GET /{x}", "POST /b");
    assert.deepEqual(routes.methodsOf("/a"), ["DELETE", "GET", "PUT", "PATCH"]);
    assert.deepEqual(routes.methodsOf("/none/such"), []);
  });
});
