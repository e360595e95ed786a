import { type Member, canRecover, votersAmong } from "../src/governance/membership.js";
import { setRecoveryThreshold } from "../src/schemas/actions/service.js";
import type { Circumstances } from "./circumstances.js";
import { config, service } from "./service.js";

/** @throws if these members would leave nobody who votes, or too few to recover the service */
export function requireViable(given: Circumstances, after: readonly Member[]): void {
  if (votersAmong(given.members).length > 0 && votersAmong(after).length === 0)
    throw new Error("no member who votes would be left");

  const lowered = given.earlier("set_recovery_threshold", setRecoveryThreshold).at(-1);
  const threshold = lowered?.recovery_threshold ?? config().recovery_threshold;
  if (canRecover(given.members, threshold) && !canRecover(after, threshold))
    throw new Error(
      `fewer active members than the recovery threshold of ${threshold} would hold a recovery share`,
    );
}

/** @throws if the recovery shares cannot be handed out anew with this threshold */
export function requireThreshold(threshold: number, { members }: Circumstances): void {
  const { status } = service();
  if (status === "WaitingForRecoveryShares")
    throw new Error("the recovery threshold cannot change while the service waits for recovery shares");
  if (status === "Open" && !canRecover(members, threshold))
    throw new Error(`fewer than ${threshold} active members hold a recovery share`);
}
