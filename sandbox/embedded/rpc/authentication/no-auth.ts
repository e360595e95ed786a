import type { AuthenticationPolicy } from "./policy.js";

/** Everybody. */
export const noAuth: AuthenticationPolicy = {
  name: "no_auth",
  authenticate: () => ({ caller: { policy: "no_auth" } }),
};
