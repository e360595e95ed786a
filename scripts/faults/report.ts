import { table } from "../../sandbox/screen/table.js";
import type { Lost, Round } from "./round.js";

/** What was found out by kills of one kind. */
export interface Summary {
  readonly target: string;
  readonly kills: number;
  /** Milliseconds from a kill to the first write after it. */
  readonly failover: { readonly min: number; readonly median: number; readonly max: number };
  readonly acknowledged: number;
  readonly committed: number;
  readonly rolledBack: number;
  readonly unknown: number;
  /** Reported as committed, and not there. */
  readonly lost: number;
}

/** By target, in the order in which they were killed. */
export function summaries(rounds: readonly Round[]): Summary[] {
  return [...new Set(rounds.map(({ target }) => target))].map((target) => {
    const own = rounds.filter((round) => round.target === target);
    const sum = (count: (round: Round) => number) => own.reduce((total, round) => total + count(round), 0);
    const failovers = own.map(({ failover }) => failover).sort((a, b) => a - b);
    return {
      target,
      kills: own.length,
      failover: {
        min: failovers[0] ?? NaN,
        median: failovers[failovers.length >> 1] ?? NaN,
        max: failovers.at(-1) ?? NaN,
      },
      acknowledged: sum(({ acknowledged }) => acknowledged),
      committed: sum(({ committed }) => committed),
      rolledBack: sum(({ rolledBack }) => rolledBack),
      unknown: sum(({ unknown }) => unknown),
      lost: sum(({ lost }) => lost.length),
    };
  });
}

/** The exit status: whether anything was lost, at a kill or when everything was read once more at the end. */
export function statusOf(rounds: readonly Round[], lostAtEnd: readonly Lost[]): 0 | 1 {
  return lostAtEnd.length > 0 || rounds.some(({ lost }) => lost.length > 0) ? 1 : 0;
}

/** For people. */
export function reportOf(rounds: readonly Round[], lostAtEnd: readonly Lost[]): string {
  const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(1);
  const header = [
    "killed",
    "kills",
    "first write after s, min",
    "median",
    "max",
    "acknowledged",
    "committed",
    "rolled back",
    "unknown",
    "lost",
  ];
  const rows = summaries(rounds).map(({ target, kills, failover, ...counts }) => [
    target,
    String(kills),
    seconds(failover.min),
    seconds(failover.median),
    seconds(failover.max),
    String(counts.acknowledged),
    String(counts.committed),
    String(counts.rolledBack),
    String(counts.unknown),
    String(counts.lost),
  ]);
  const lost = [...rounds.flatMap((round) => round.lost), ...lostAtEnd];
  const lines = lost.map(
    ({ txId, at, found }) => `LOST: transaction ${txId} was reported as committed; ${at} has ${found} there`,
  );
  const atEnd =
    statusOf(rounds, lostAtEnd) === 0
      ? "Everything that was reported as committed was there after each kill, and again at the end."
      : "What was reported as committed was lost.";
  return ["", table(header, rows, { numbers: true }), "", ...lines, atEnd].join("\n");
}
