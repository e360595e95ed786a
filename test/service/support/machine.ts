/** What machines of CCF nodes suffer from. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { executable, executablePath } from "../../../sandbox/ccf/executable.js";
import { engine } from "./network.js";

/** Skips tests of what is done to a CCF node's process or disk. */
export async function requireExecutable(test: Mocha.Context): Promise<void> {
  const missing = engine === "ccf" ? await executable.missing() : `the engine is "${engine}"`;
  if (missing === undefined) return;
  skip(test, `what CCF nodes do on machines in trouble: ${missing}; npm run test:ccf does it`);
}

function skip(test: Mocha.Context, why: string): never {
  console.warn(`skipped: ${why}`);
  return test.skip();
}

/** A disk that is as full as a test wants. */
export class SmallDisk {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Skips tests if nothing may be mounted here. */
  static require(test: Mocha.Context): void {
    try {
      SmallDisk.mount().remove();
    } catch (error) {
      const why = error instanceof Error ? error.message.trim() : String(error);
      skip(test, `full disks, which takes the permission to mount one: ${why}`);
    }
  }

  /** Mounts one of 64 KiB. */
  static mount(): SmallDisk {
    const folder = mkdtempSync(join(tmpdir(), "consortium-disk-"));
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder], { stdio: "pipe" });
    } catch (error) {
      rmSync(folder, { recursive: true });
      throw error;
    }
    return new SmallDisk(folder);
  }

  /** Has room for so many bytes more. */
  leave(bytes: number): void {
    const { blocks, bfree, bsize } = statfsSync(this.folder);
    const size = (blocks - bfree) * bsize + bytes;
    execFileSync("mount", ["-o", `remount,size=${size}`, this.folder], { stdio: "pipe" });
  }

  remove(): void {
    // lazily: a process that is ending may have it open
    execFileSync("umount", ["--lazy", this.folder]);
    rmSync(this.folder, { recursive: true });
  }
}

/** Clocks of nodes, each of which can be set. Times between events stay right, as on a machine whose clock is set. */
export class NodeClocks {
  readonly #folder: string;
  readonly #binary = process.env.CCF_BIN;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Nodes that are started from now on have clocks to set. Skips the test if libfaketime is not installed. */
  static install(test: Mocha.Context): NodeClocks {
    const library = libfaketime();
    if (library === undefined) return skip(test, "wrong clocks, which takes libfaketime (package faketime)");
    const folder = mkdtempSync(join(tmpdir(), "consortium-clocks-"));
    const clocks = new NodeClocks(folder);
    const wrapper = join(folder, "js_generic");
    const variables = `LD_PRELOAD='${library}' FAKETIME_TIMESTAMP_FILE=clock FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1`;
    const start = `cp '${join(folder, "clock")}' clock\nexport ${variables}\nexec '${executablePath()}' "$@"`;
    writeFileSync(wrapper, `#!/bin/sh\n${start}\n`);
    chmodSync(wrapper, 0o755);
    clocks.next(0);
    process.env.CCF_BIN = wrapper;
    return clocks;
  }

  /** Nodes that are started from now on have clocks that are wrong by so many seconds. */
  next(seconds: number): void {
    this.set(this.#folder, seconds);
  }

  /** Sets the clock of the node in a folder. @param seconds by which it is wrong then */
  set(folder: string, seconds: number): void {
    writeFileSync(join(folder, "clock"), `${seconds < 0 ? "" : "+"}${seconds}\n`);
  }

  remove(): void {
    if (this.#binary === undefined) delete process.env.CCF_BIN;
    else process.env.CCF_BIN = this.#binary;
    rmSync(this.#folder, { recursive: true });
  }
}

function libfaketime(): string | undefined {
  const folders = ["/usr/lib", "/usr/lib64", ...readdirSync("/usr/lib").map((name) => `/usr/lib/${name}`)];
  return folders.map((folder) => `${folder}/faketime/libfaketimeMT.so.1`).find((file) => existsSync(file));
}

/** Whether any process works in a folder or below it, also if that was deleted. */
export function isInUse(folder: string): boolean {
  return readdirSync("/proc").some((process) => {
    try {
      if (!/^\d+$/.test(process)) return false;
      const cwd = readlinkSync(`/proc/${process}/cwd`).replace(/ \(deleted\)$/, "");
      return `${cwd}/`.startsWith(`${folder}/`);
    } catch {
      return false; // it has ended
    }
  });
}
