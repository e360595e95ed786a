import { isVoter } from "./roles.js";

/** A member of the consortium, as far as governance cares. */
export interface Member {
  readonly id: string;
  /** `Accepted` means invited: the member has not acknowledged the state of the service yet. */
  readonly status: "Accepted" | "Active";
  readonly data?: unknown;
  /** Absent for members that hold no recovery share. */
  readonly recovery?: RecoveryRole | undefined;
}

/** A participant's share counts towards the recovery threshold; an owner recovers the service alone. */
export type RecoveryRole = "Participant" | "Owner" | "NonParticipant";

/** Ordinary members, invited ones included. */
export const votersAmong = (all: readonly Member[]): Member[] => all.filter(({ data }) => isVoter(data));

/** Ordinary members who may vote now. */
export const activeVotersAmong = (all: readonly Member[]): Member[] =>
  votersAmong(all).filter(({ status }) => status === "Active");

/** Whether these members could recover the service: enough participants, or no participant but an owner. */
export function canRecover(all: readonly Member[], threshold: number): boolean {
  const active = (role: RecoveryRole): number =>
    all.filter(({ status, recovery }) => status === "Active" && recovery === role).length;
  const participants = active("Participant");
  return participants > 0 ? participants >= threshold : active("Owner") > 0 && threshold === 1;
}
