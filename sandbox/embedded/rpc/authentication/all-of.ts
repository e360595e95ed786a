import type { CallerIdentity } from "../../js/types.js";
import type { AuthenticationPolicy } from "./policy.js";

/** Callers whom all of several policies accept, which are asked in the order of their names. */
export function allOf(policies: readonly AuthenticationPolicy[]): AuthenticationPolicy {
  const sorted = [...policies].sort((a, b) => (a.name < b.name ? -1 : 1));
  const repeated = sorted.find(({ name }, index) => name === sorted[index + 1]?.name);
  if (repeated)
    throw new Error(
      `AND authentication policy contains duplicate policies identified by ${repeated.name} (policy = )`,
    );
  return {
    name: sorted.map(({ name }) => name).join("+"),
    authenticate: (request, tx) => {
      const identities: [string, CallerIdentity][] = [];
      for (const policy of sorted) {
        const verdict = policy.authenticate(request, tx);
        if (!("caller" in verdict)) return { ...verdict, reason: `${policy.name}:${verdict.reason}` };
        if (verdict.caller.policy === "member_cose_sign1")
          throw new TypeError("Applications cannot ask for what members sign");
        identities.push([policy.name, verdict.caller]);
      }
      return { caller: { policy: "all_of", identities } };
    },
  };
}
