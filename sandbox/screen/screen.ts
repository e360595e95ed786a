import type { Network } from "../network.js";
import type { Step } from "../stage.js";
import type { TourEnd } from "../tour.js";

/** What it took; the numbers that the project promises. */
export interface Measured {
  /** Milliseconds from the start of the build, or of this process, if nothing was built. */
  readonly totalMs: number;
  readonly sinceBuild: boolean;
  /** Resident memory of this process, bytes; an embedded node runs in it. */
  readonly residentBytes: number;
}

/** Shows what happens in the sandbox to whoever watches. */
export interface Screen {
  begin(): void;
  readonly step: Step;
  end(net: Network, tour: TourEnd, measured: Measured): void;
  /** The service stays up. */
  stay(net: Network, tour: TourEnd): void;
  failed(error: unknown): void;
}
