/** What is told of a machine that is in trouble, where the first sign of it says little. */
import { X509Certificate } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { ServiceError, UsageError } from "../sdk/errors.js";
import type { NetworkNode } from "./nodes.js";

/** milliseconds: so long after its connections a node's process may end. */
const ENDS_WITHIN = 1000;
/** milliseconds: as much as the clocks of those who sign requests may differ. */
const CLOCKS_DIFFER_BY = 300_000;

/** Codes of what one hears of a node that has ended, or of a network that has lost it. */
const UNANSWERED: ReadonlySet<string> = new Set([
  "Unreachable",
  "Unanswered",
  "Timeout",
  "WaitTimeout",
  "CommitTimeout",
]);

/** Of a file that could not be written for want of room: `DiskFull`. Any other error as it is. */
export function refusedByDisk(folder: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  const message = `The disk of ${folder} is full: free some space, and try again`;
  return new UsageError("DiskFull", message, { cause: error });
}

/** Of a request without an answer: why a node has ended, if one has. Any other error as it is. */
export async function whyUnanswered(nodes: readonly NetworkNode[], error: unknown): Promise<unknown> {
  if (!(error instanceof ServiceError) || !UNANSWERED.has(error.code)) return error;
  for (const until = Date.now() + ENDS_WITHIN; Date.now() < until;) {
    for (const { name, node } of nodes) {
      const why = await node.ended();
      if (!why) continue;
      return new UsageError(why.code, `${error.message}. ${name} has ended: ${why.message}`, {
        cause: error,
      });
    }
    await sleep(50);
  }
  return error;
}

/** Certificates that a node makes are valid from when its clock says it started. @throws {UsageError} `ClockDiffers` */
export function requireSameTime(name: string, certificatePem: string): void {
  const its = new Date(new X509Certificate(certificatePem).validFrom);
  const here = new Date();
  if (Math.abs(its.getTime() - here.getTime()) <= CLOCKS_DIFFER_BY) return;
  const message = `The clock of ${name} says ${its.toISOString()}, and this machine's ${here.toISOString()}`;
  throw new UsageError("ClockDiffers", `${message}: set both right, and start again`);
}

/** A service that begins again before its time refuses what its members sign. @throws {UsageError} `ClockBehind` */
export function requireTimeAfter(certificatePem: string): void {
  const from = new Date(new X509Certificate(certificatePem).validFrom);
  const here = new Date();
  if (here >= from) return;
  const message = `This machine's clock says ${here.toISOString()}, but the certificate of the service is valid from `;
  throw new UsageError(
    "ClockBehind",
    `${message}${from.toISOString()}: set the clock right, or wait until then, and start again`,
  );
}
