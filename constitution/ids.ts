import { ID_RULE, isId } from "../src/governance/ids.js";

/** @throws unless what members propose to call something is a name that paths can hold */
export function requireId(id: string, name: string): void {
  if (!isId(id)) throw new Error(`"${name}" must be an id: ${ID_RULE}`);
}
