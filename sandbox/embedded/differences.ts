/**
 * By name of the case of the conformance battery: where the embedded node answers otherwise than CCF, and why that cannot
 * be helped or would be pointless for a node on its own. Whatever differs and is not listed here is a defect, and so is
 * what is listed and does not differ (`npm run test:conformance`).
 */
export const reasons: Readonly<Record<string, string>> = {};
