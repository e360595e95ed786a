import type { Engine } from "../js/engine.js";
import type { CallerIdentity, GovernanceEffects } from "../js/types.js";
import type { NodeConfig } from "../config.js";
import type { Transaction } from "../kv/store.js";
import type { Ledger } from "../ledger/ledger.js";
import type { Identity } from "../tls/identity.js";
import type { AuthenticationPolicy } from "./authentication/policy.js";
import type { GovernanceHeader } from "./gov/signed-message.js";
import type { HistoricalQueries } from "./historical-queries.js";
import type { Metrics } from "./metrics.js";

/** A request as it came over the wire: nothing in it is decoded, nothing is to be trusted. */
export interface RpcRequest {
  readonly method: string;
  /** what precedes `?` */
  readonly path: string;
  /** what follows `?`, without it and without a fragment */
  readonly query: string;
  /** names in lower case */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** DER; the TLS handshake proved that the client has its key, and nothing else */
  readonly peerCertificate?: Uint8Array | undefined;
}

/** An answer. The `content-type` of text and objects follows from their kind if no header states it; bytes have none. */
export interface RpcResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** text and bytes as they are, objects as JSON */
  readonly body?: Uint8Array | string | object | undefined;
  /** Whether to commit what was written; if not stated, it is with a 2xx status. */
  readonly applyWrites?: boolean | undefined;
  /** 32 bytes; goes with the transaction, if it is committed */
  readonly claimsDigest?: Uint8Array | undefined;
  /** CCF ends the connection after it. */
  readonly closes?: boolean | undefined;
}

/** A member who signed the request itself: what governance knows its callers by. */
export interface SignedMember {
  readonly policy: "member_cose_sign1";
  readonly memberId: string;
  readonly header: GovernanceHeader;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
  /** the whole COSE_Sign1 */
  readonly envelope: Uint8Array;
}

/** Who calls; `undefined` if the endpoint does not ask. */
export type Caller = CallerIdentity | SignedMember | undefined;

/** What an endpoint works with. */
export interface RpcContext {
  readonly request: RpcRequest;
  /** by the names in the endpoint's path, as they were sent: CCF does not decode them */
  readonly params: Record<string, string>;
  /** Committed after a 2xx answer, dropped otherwise. */
  readonly tx: Transaction;
  readonly caller: Caller;
  readonly node: NodeContext;
}

/** A built-in endpoint. */
export interface Endpoint {
  /** in capitals */
  readonly method: string;
  /** without the frontend's prefix; `{name}` stands for a parameter */
  readonly path: string;
  /** what OpenAPI says about it beyond the obvious; `false`: nothing at all */
  readonly openapi?: Readonly<Record<string, unknown>> | false;
  /** One of them has to accept the caller; none: everybody may call. */
  readonly authentication: readonly AuthenticationPolicy[];
  execute(context: RpcContext): RpcResponse;
}

/** The node that serves a request. */
export interface NodeContext {
  readonly config: NodeConfig;
  readonly ledger: Ledger;
  readonly engine: Engine;
  readonly identity: Identity;
  readonly effects: GovernanceEffects;
  readonly historicalQueries: HistoricalQueries;
  readonly metrics: Metrics;
  /** Tells the operator. */
  log(line: string): void;
  /** where clients reach it, such as `127.0.0.1:8000` */
  readonly address: string;
}
