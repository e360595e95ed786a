import { createHash } from "node:crypto";
import type { Member } from "../member.js";
import type { Network } from "../network.js";

/** Who plays what in the tour; in a small consortium, one member plays several parts. */
export interface Cast {
  /** Drafts the contract and runs the analysis. */
  readonly analyst: Member;
  /** Owns the data that is analysed. */
  readonly dataOwner: Member;
}

export function castOf({ members }: Network): Cast {
  const [analyst, dataOwner = analyst] = members;
  return { analyst, dataOwner };
}

/** The code that the members agree on. On hardware, the platform would measure a container image. */
export const AGREED_CODE = "select ward, avg(days) from admissions group by ward having count(*) >= 20";

/** Code that nobody agreed on. */
export const OTHER_CODE = "select * from admissions";

/** What a platform attests about code: its digest, lower-case hex. */
export const measure = (code: string): string => createHash("sha256").update(code).digest("hex");

/** Digests and ids in full fill the screen and tell nobody anything. */
export const short = (id: string): string => (id.length > 20 ? `${id.slice(0, 16)}…` : id);

/** What the members demand of code: that it is what they agreed on, in this version or a later one, and cannot be debugged. */
export const demands = (leastVersion: number) => ({
  "virtual-measurement": [measure(AGREED_CODE)],
  "virtual-svn": [{ atLeast: leastVersion }],
  "virtual-is-debuggable": [false],
});

/** What a proposal does that makes these demands the policy of a contract. */
export const policyAction = (contractId: string, leastVersion: number) => ({
  name: "set_clean_room_policy",
  args: { contractId, type: "set", policyType: "virtual", alternatives: [demands(leastVersion)] },
});
