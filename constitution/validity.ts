import { config } from "./service.js";

type Whose = "node" | "service";

/** CCF's, for services that were configured before there was a limit. */
const DEFAULT_LIMIT_DAYS = 365;

const limitDays = (whose: Whose): number =>
  config()[`maximum_${whose}_certificate_validity_days`] ?? DEFAULT_LIMIT_DAYS;

/** How long a new certificate is valid: as asked for, or as long as may be. */
export const validityDays = (asked: number | undefined, whose: Whose): number => asked ?? limitDays(whose);

/** @throws if the members have not agreed to certificates that are valid so long */
export function requireDays(asked: number | undefined, whose: Whose): void {
  const limit = limitDays(whose);
  if (validityDays(asked, whose) > limit)
    throw new Error(`"validity_period_days" must be at most ${limit}, the limit for ${whose} certificates`);
}
