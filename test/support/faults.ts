import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/**
 * Has no room for another byte in files until it is done: half of what is written gets there, then the system refuses, as
 * on a disk that has just become full.
 */
export async function onFullDisk<Result>(run: () => Result | Promise<Result>): Promise<Result> {
  const { writeSync, appendFileSync } = fs;
  const full = (): never => {
    const refusal = { code: "ENOSPC", errno: -28, syscall: "write" };
    throw Object.assign(new Error("ENOSPC: no space left on device, write"), refusal);
  };
  const half = (file: number, data: unknown, ...rest: unknown[]): number => {
    const [offset = 0, length = 0, position = null] = rest as [number?, number?, number?];
    if (data instanceof Uint8Array && length > 1)
      writeSync(file, data, offset, Math.floor(length / 2), position);
    return full();
  };
  Object.assign(fs, { writeSync: half, appendFileSync: full });
  syncBuiltinESMExports();
  try {
    return await run();
  } finally {
    Object.assign(fs, { writeSync, appendFileSync });
    syncBuiltinESMExports();
  }
}

/** Has this machine's clock go wrong by so many seconds until it is done. */
export async function clockWrongBy<Result>(
  seconds: number,
  run: () => Result | Promise<Result>,
): Promise<Result> {
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...args: [] | [number | string]) {
      if (args.length === 0) super(RealDate.now() + seconds * 1000);
      else super(args[0]);
    }
    static override now(): number {
      return RealDate.now() + seconds * 1000;
    }
  } as DateConstructor;
  try {
    return await run();
  } finally {
    globalThis.Date = RealDate;
  }
}
