import { nowInMilliseconds } from "../kit/clock.js";
import { Refusal } from "../kit/refusal.js";

/** ISO 8601, in UTC, to the second or finer: `2027-01-31T00:00:00Z`. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;
const TO_THE_SECOND = "2027-01-31T00:00:00".length;

/**
 * Reads when a contract expires; absent: never.
 *
 * @throws {Refusal} `InvalidBody` for what names no moment, such as the 31st of February
 */
export function readExpiry(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string" && MOMENT.test(value) && isOnCalendar(value)) return value;
  throw new Refusal("InvalidBody", '"expires" must be a moment in UTC, written like 2027-01-31T00:00:00Z.');
}

/** What is on no calendar is no date, or by carrying over another one than is written. */
function isOnCalendar(moment: string): boolean {
  const time = Date.parse(moment);
  const second = (text: string): string => text.slice(0, TO_THE_SECOND);
  return !Number.isNaN(time) && second(new Date(time).toISOString()) === second(moment);
}

/** By the clock of the node, which is its operator's: expiry ends what is forgotten, it keeps no operator out. */
export const hasPassed = (moment: string): boolean => Date.parse(moment) <= nowInMilliseconds();
