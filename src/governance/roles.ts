/**
 * Roles are written in a member's data. Whoever has one of them operates something and does not vote; who has none is an
 * ordinary member, a voter.
 */
export type Role = "operator" | "recoveryOperator" | "cgsOperator" | "contractOperator";

const PLACES: Readonly<Record<Role, readonly string[]>> = {
  operator: ["isOperator"],
  recoveryOperator: ["isRecoveryOperator"],
  cgsOperator: ["cgsRoles", "cgsOperator"],
  contractOperator: ["cgsRoles", "contractOperator"],
};

/** Whether member data gives a role: `true` or `"true"` at its place, and nothing else. */
export function hasRole(memberData: unknown, role: Role): boolean {
  let value = memberData;
  for (const name of PLACES[role]) {
    value =
      typeof value === "object" && value !== null && Object.hasOwn(value, name)
        ? (value as Record<string, unknown>)[name]
        : undefined;
  }
  return value === true || value === "true";
}

/** All roles that member data gives. */
export function rolesOf(memberData: unknown): Role[] {
  return (Object.keys(PLACES) as Role[]).filter((role) => hasRole(memberData, role));
}

/** Whether a member with this data votes. */
export function isVoter(memberData: unknown): boolean {
  return rolesOf(memberData).length === 0;
}
