import assert from "node:assert/strict";
import { ServiceError } from "../../../sdk/errors.js";

/**
 * Expects the service to refuse, and to say so well: with its status and stable code, in words, and without telling
 * strangers where in its code that happened.
 *
 * @param detail code of the first detail, where the refusal has details
 */
export async function assertRefused(
  asking: Promise<unknown>,
  status: number,
  code: string,
  detail?: string,
): Promise<ServiceError> {
  const refusal: unknown = await asking.then(
    (answer) => assert.fail(`answered instead of refused with ${code}: ${JSON.stringify(answer)}`),
    (error: unknown) => error,
  );
  if (!(refusal instanceof ServiceError)) throw refusal;
  const [first] = refusal.details as readonly { code?: string }[];
  const said = `${refusal.status} ${refusal.code}: ${refusal.message}`;
  assert.deepEqual([refusal.status, refusal.code], [status, code], said);
  if (detail !== undefined) assert.equal(first?.code, detail, said);
  assert.ok(refusal.message.length >= 10, `says too little: ${said}`);
  assert.doesNotMatch(JSON.stringify([refusal.message, refusal.details]), /\.[jt]s:\d|\bat \w+ \(/, said);
  return refusal;
}
