import { DEFAULT_ENGINE } from "../../sandbox/engine.js";
import type { Speed } from "../load/loops.js";
import { KIND } from "./requests.js";
import type { StartUp } from "./start-up.js";

/** One kind of request with so many contracts and events on the ledger. */
export interface Result extends Speed {
  readonly kind: string;
  readonly size: number;
}

/** Something that the project promises, as it was measured. */
export interface Promised {
  readonly promise: string;
  /** The least or the most that is promised. */
  readonly bound: "least" | "most";
  readonly limit: number;
  readonly measured: number;
  readonly holds: boolean;
}

/** What such short measurements scatter: a cost that grows by less does not grow. */
const SCATTER = 1.1;

/**
 * Holds what was measured against what is promised of it; what was not measured is left out. Of the embedded node it is
 * how many requests it serves; of CCF, what requests cost in units of what the node itself costs.
 */
export function promises(
  engine: string,
  results: readonly Result[],
  startUps: readonly StartUp[],
): Promised[] {
  const ofRequests = engine === DEFAULT_ENGINE ? ofEmbedded(results) : ofRatios(results);
  const ofStart = startUps.map(({ what, seconds, within }) => most(`${what}: seconds`, within, seconds));
  return [...ofRequests, ...ofStart.flat()];
}

function ofEmbedded(results: readonly Result[]): Promised[] {
  const limits = new Map<string, number>([
    [KIND.read, 500],
    [KIND.eventJson, 200],
    [KIND.eventSession, 200],
  ]);
  return results.flatMap(({ kind, size, perSecond }) => {
    const limit = limits.get(kind);
    return limit === undefined ? [] : least(`${kind}, ${size} contracts: requests/s`, limit, perSecond);
  });
}

function ofRatios(results: readonly Result[]): Promised[] {
  const sizes = [...new Set(results.map(({ size }) => size))];
  const perSecond = (kind: string, size: number): number | undefined =>
    results.find((result) => result.kind === kind && result.size === size)?.perSecond;
  /** What a request costs, in requests of another kind on the same node. */
  const cost = (kind: string, unit: string, size: number): number | undefined => {
    const [of, one] = [perSecond(kind, size), perSecond(unit, size)];
    return of === undefined || one === undefined ? undefined : one / of;
  };
  const { empty, read, verification, releaseJson, releaseSession } = KIND;
  const ofRequests = sizes.flatMap((size) => {
    const reading = cost(read, empty, size);
    return [
      least(`${read}, ${size} contracts: requests/s, of an ${empty}'s`, 0.75, reading && 1 / reading),
      most(
        `${releaseJson}, ${size} contracts: cost, of ${verification}`,
        1.6,
        cost(releaseJson, verification, size),
      ),
      most(
        `${releaseSession}, ${size} contracts: cost, of ${verification}`,
        0.4,
        cost(releaseSession, verification, size),
      ),
    ];
  });
  const [few = 0, many = 0] = [sizes[0], sizes.at(-1)];
  const growth = (kind: string, unit: string) => {
    const [before, after] = [cost(kind, unit, few), cost(kind, unit, many)];
    const times = before === undefined || after === undefined ? undefined : after / before;
    return most(`${kind}, ${many} contracts: cost, of that with ${few}`, SCATTER, times);
  };
  const ofGrowth =
    few === many
      ? []
      : [growth(read, empty), growth(releaseJson, verification), growth(releaseSession, verification)];
  return [...ofRequests, ...ofGrowth].flat();
}

function least(promise: string, limit: number, measured: number | undefined): Promised[] {
  if (measured === undefined) return [];
  return [{ promise, bound: "least", limit, measured, holds: measured >= limit }];
}

function most(promise: string, limit: number, measured: number | undefined): Promised[] {
  if (measured === undefined) return [];
  return [{ promise, bound: "most", limit, measured, holds: measured <= limit }];
}
