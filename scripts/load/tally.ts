import { ServiceError } from "../../sdk/errors.js";
import { speed, type Speed } from "./loops.js";

/** How requests of one kind fared. */
export interface Fared extends Speed {
  readonly kind: string;
  readonly succeeded: number;
  /** Codes with which the service refused, and how often. */
  readonly refused: Readonly<Record<string, number>>;
  /** Codes for why there was no answer, or none that is one, and how often. */
  readonly failed: Readonly<Record<string, number>>;
}

class Counts {
  readonly took: number[] = [];
  readonly refused: Record<string, number> = {};
  readonly failed: Record<string, number> = {};

  /** How they fared in so many seconds. */
  fared(kind: string, seconds: number): Fared {
    const { took, refused, failed } = this;
    return { kind, succeeded: took.length, ...speed(took, seconds), refused, failed };
  }
}

/** Takes the time of requests, and counts what becomes of them. */
export class Tally {
  readonly #kinds: Map<string, Counts>;

  /** @param kinds in the order in which they are told */
  constructor(kinds: readonly string[]) {
    this.#kinds = new Map(kinds.map((kind) => [kind, new Counts()]));
  }

  /** @returns the answer; `undefined` if the request was refused or failed */
  async time<T>(kind: string, request: () => Promise<T>): Promise<T | undefined> {
    const counts = this.#kinds.get(kind) ?? new Counts();
    this.#kinds.set(kind, counts);
    const began = performance.now();
    try {
      const answer = await request();
      counts.took.push(performance.now() - began);
      return answer;
    } catch (error) {
      const { code = "Defect" } = error as { code?: string };
      const into = error instanceof ServiceError && error.status > 0 ? counts.refused : counts.failed;
      into[code] = (into[code] ?? 0) + 1;
      return undefined;
    }
  }

  /** Of each kind. */
  kinds(seconds: number): Fared[] {
    return Array.from(this.#kinds, ([kind, counts]) => counts.fared(kind, seconds));
  }

  total(seconds: number): Fared {
    const all = new Counts();
    for (const { took, refused, failed } of this.#kinds.values()) {
      for (const one of took) all.took.push(one);
      add(all.refused, refused);
      add(all.failed, failed);
    }
    return all.fared("total", seconds);
  }
}

function add(to: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [code, count] of Object.entries(more)) to[code] = (to[code] ?? 0) + count;
}

/** How many there are of all codes. */
export const countOf = (codes: Readonly<Record<string, number>>): number =>
  Object.values(codes).reduce((sum, count) => sum + count, 0);
