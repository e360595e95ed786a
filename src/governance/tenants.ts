import type { Caller } from "./callers.js";
import { members, userIdentities, users } from "./tables.js";

/** The tenant (of Microsoft Entra, say) to which a caller belongs, by what the members wrote down about it. */
export function tenantIdOf({ kind, id }: Caller): string | undefined {
  switch (kind) {
    case "member":
      return tenantIdIn(members().get(id)?.member_data);
    case "user":
      return tenantIdIn(users().get(id)?.user_data);
    case "jwt": // the token's `tid` is the same, or the caller would not be known
      return tenantIdIn(userIdentities().get(id)?.data);
  }
}

function tenantIdIn(data: unknown): string | undefined {
  if (typeof data !== "object" || data === null || !Object.hasOwn(data, "tenantId")) return undefined;
  const { tenantId } = data as { tenantId: unknown };
  return typeof tenantId === "string" && tenantId !== "" ? tenantId : undefined;
}
