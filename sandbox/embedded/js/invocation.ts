import type { Transaction } from "../kv/store.js";
import type { EndpointRequest, GovernanceEffects, NodeInterface } from "./types.js";

/** What an interpreter is executing at the moment: the functions that extensions define act on it. */
export interface Invocation {
  readonly tx: Transaction;
  readonly request?: EndpointRequest | undefined;
  readonly node?: NodeInterface | undefined;
  readonly effects?: GovernanceEffects | undefined;
  applyWrites?: boolean;
  claimsDigest?: Uint8Array;
  /** Ends the request with this message, whatever the guest does; it is for what ends it in CCF beneath QuickJS. */
  fatal?: string;
}
