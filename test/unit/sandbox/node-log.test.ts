import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { whyEnded } from "../../../sandbox/ccf/node-log.js";

describe("why a CCF node has ended", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "consortium-log-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const logged = (level: string, text: string) =>
    `2026-01-01T00:00:00.000000Z 0   [${level.padEnd(5)}] CCF/src/a.cpp:1      | ${text}`;
  const ended = (...lines: string[]) => {
    writeFileSync(join(folder, "node.log"), `${lines.join("\n")}\n`);
    return whyEnded(folder);
  };

  it("is that it was told to: NodeStopped", () => {
    const { code } = ended(logged("fail", "something of before"), logged("info", "Exited event loop"));
    assert.equal(code, "NodeStopped");
  });

  it("is a full disk, whatever it logged: DiskFull, which names the folder", function () {
    // a file system that never has room
    if (process.platform !== "linux") return this.skip();
    const { code, message } = whyEnded("/proc");
    assert.equal(code, "DiskFull");
    assert.match(message, /disk of \/proc is full: free some space/);
  });

  it("is what it logged as failures, without the rest: NodeEnded, which names the log", () => {
    const { code, message } = ended(
      logged("info", "all is well"),
      logged("fatal", "PID file node.pid already exists. Exiting."),
      logged("info", "the last line"),
    );
    assert.equal(code, "NodeEnded");
    assert.match(message, /node\.log tells of failures:\nPID file node\.pid already exists\. Exiting\.$/);
  });

  it("is not known of one that was killed: NodeEnded, with the end of its log; what failed long before is not told", () => {
    const lines = Array.from({ length: 30 }, (_, at) => logged("info", `line ${at}`));
    const { code, message } = ended(logged("fail", "certificate has expired"), ...lines);
    assert.equal(code, "NodeEnded");
    assert.match(message, /ends with:\n(?:.* line 2[5-9]\n?){5}$/);
    assert.doesNotMatch(message, /expired/);
  });

  it("is in the last part of a log of any length", () => {
    const { message } = ended("x".repeat(200_000), logged("fail", "the end"));
    assert.match(message, /tells of failures:\nthe end$/);
  });

  it("cannot be told without a log: NodeEnded", () => {
    const { code, message } = whyEnded(folder);
    assert.deepEqual([code, /left no log in .*node\.log/.test(message)], ["NodeEnded", true]);
  });
});
