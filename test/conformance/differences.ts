/** By name of the case: where the embedded node is known to answer otherwise than CCF, and why. */
export const reasons: Readonly<Record<string, string>> = {};
