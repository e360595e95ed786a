/** What one step of a story is about. */
export interface StepText {
  /** Stable name, for machines. */
  readonly id: string;
  /** What happens, in one line. */
  readonly title: string;
  /** What follows from it that one can rely on. */
  readonly proves: string;
}

/** Tells a fact of the present step. */
export type Tell = (label: string, value: string) => void;

/** Runs a step of a story and shows it to whoever watches. What `run` throws goes on to the caller. */
export type Step = <T>(text: StepText, run: (tell: Tell) => Promise<T>) => Promise<T>;

/** Nobody watches. */
export const unseen: Step = (_text, run) => run(() => undefined);
