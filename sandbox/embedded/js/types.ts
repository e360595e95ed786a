import type { Transaction } from "../kv/store.js";
import type { HistoricalState } from "../ledger/ledger.js";
import type { TxId, TxStatus } from "../ledger/txid.js";

/** What the code in an interpreter may do to tables; it differs by who wrote the code and when it runs. */
export type TxAccess = "APP_RW" | "APP_RO" | "GOV_RO" | "GOV_RW";

/** `public:ccf.gov.js_runtime_options`, complete; see {@link runtimeOptions} in `options.ts`. */
export interface RuntimeOptions {
  /** bytes */
  readonly max_heap_bytes: number;
  /** bytes */
  readonly max_stack_bytes: number;
  readonly max_execution_time_ms: number;
  readonly log_exception_details: boolean;
  readonly return_exception_details: boolean;
  readonly max_cached_interpreters: number;
}

/** Which function serves a request; the part of `public:ccf.gov.endpoints` that the engine needs. */
export interface EndpointProperties {
  /** such as `endpoints/contracts.js`, with or without a leading `/` */
  readonly js_module: string;
  readonly js_function: string;
  readonly mode: "readwrite" | "readonly" | "historical";
  readonly interpreter_reuse?: { readonly key: string } | undefined;
}

/** Who calls, in the words that the application sees as `request.caller`. */
export type CallerIdentity =
  | { readonly policy: "no_auth" }
  | { readonly policy: "jwt"; readonly jwt: JwtIdentity }
  | {
      readonly policy: "user_cert" | "member_cert";
      readonly id: string;
      readonly data: unknown;
      readonly cert: string;
    }
  | { readonly policy: "any_cert"; readonly cert: string }
  | {
      readonly policy: "user_cose_sign1";
      readonly id: string;
      readonly data: unknown;
      readonly cert: string;
      readonly cose: { readonly content: Uint8Array };
    }
  | AllOfIdentity;

export interface JwtIdentity {
  readonly keyIssuer: string;
  readonly header: unknown;
  readonly payload: unknown;
}

/** A caller who satisfied all of several policies: each one's identity, in the order of their names. */
export interface AllOfIdentity {
  readonly policy: "all_of";
  readonly identities: readonly (readonly [name: string, identity: CallerIdentity])[];
}

/** A request, as far as the application can see it. `hostname` and `url` follow from it. */
export interface EndpointRequest {
  readonly method: string;
  /** with the `/app` prefix, without the query, as it was sent */
  readonly path: string;
  /** what follows `?`, decoded as a whole; empty without one */
  readonly query: string;
  /** the template that matched, with the `/app` prefix */
  readonly route: string;
  /** decoded */
  readonly params: Readonly<Record<string, string>>;
  /** names in lower case */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly caller: CallerIdentity | null;
}

export interface EndpointCall {
  readonly tx: Transaction;
  readonly endpoint: EndpointProperties;
  readonly request: EndpointRequest;
  readonly options: RuntimeOptions;
  readonly node: NodeInterface;
  /** becomes `ccf.historicalState`: of endpoints in mode `historical` */
  readonly historicalState?: HistoricalState | undefined;
}

/** What guest code threw. `trace` is there if it was an `Error`. */
export interface GuestException {
  readonly reason: string;
  readonly trace?: string | undefined;
}

/** What an endpoint asked for beside its answer; it holds even if the endpoint then failed. */
export interface EndpointWishes {
  /** Whether to apply the writes; if not stated, they are applied if the status is 2xx. */
  readonly applyWrites?: boolean | undefined;
  /** 32 bytes */
  readonly claimsDigest?: Uint8Array | undefined;
}

export interface EndpointResponse {
  readonly status: number;
  /** names as the application wrote them; a `content-type` by the kind of body comes first */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array | undefined;
}

/** A call either gives a response, or fails: that is a 500 `InternalError` with `message`. */
export type EndpointOutcome = EndpointWishes &
  (
    | { readonly ok: true; readonly response: EndpointResponse }
    | {
        readonly ok: false;
        readonly message: string;
        /** Details for the log or the caller, if {@link RuntimeOptions} allow them; absent where CCF gives none. */
        readonly exception?: GuestException | undefined;
        readonly timedOut: boolean;
      }
  );

/** What the functions of a constitution, or of a ballot, answer. */
export interface GovernanceAnswers {
  /** `undefined`: not an object */
  validate: { readonly valid: boolean; readonly description: string } | undefined;
  /** expected to be the name of a proposal state; here as text, whatever it was */
  resolve: string;
  apply: undefined;
  vote: boolean;
}

export interface GovernanceCall<Name extends keyof GovernanceAnswers> {
  readonly tx: Transaction;
  readonly run: Name;
  /** the ES module that exports the function */
  readonly source: string;
  /** the module's name in stack traces, such as `public:ccf.gov.constitution[0]` */
  readonly path: string;
  /** passed on as JSON values */
  readonly arguments: readonly unknown[];
  /** Governance never gets less than the defaults. */
  readonly options: RuntimeOptions;
  /** `apply` only: it alone may write, and reach into the node */
  readonly effects?: GovernanceEffects | undefined;
}

export type GovernanceOutcome<Answer> =
  | { readonly ok: true; readonly value: Answer }
  | (GuestException & {
      readonly ok: false;
      /** `load`: not by what the function did (the module is broken, or names a reserved table): a 500 in CCF */
      readonly stage: "load" | "call";
      readonly timedOut: boolean;
    });

/** What the extensions `ccf.consensus` and `ccf.historical` ask of the node. */
export interface NodeInterface {
  /** the last transaction that is signed and stored */
  readonly lastCommitted: TxId;
  status(id: TxId): TxStatus;
  viewOf(seqno: number): number | undefined;
  historical(seqno: number): HistoricalState | undefined;
}

/** What `apply` may do beyond writing tables: `ccf.node`, `ccf.network` and the key functions of `ccf`. */
export interface GovernanceEffects {
  /** @param previous PEM @param next PEM */
  transitionServiceToOpen(tx: Transaction, previous: string | undefined, next: string): void;
  /** @returns false: it could not */
  triggerLedgerRekey(tx: Transaction): boolean;
  triggerRecoverySharesRefresh(tx: Transaction): void;
  triggerLedgerChunk(tx: Transaction): void;
  triggerSnapshot(tx: Transaction): void;
  latestLedgerSecretSeqno(): number;
  /** @param signingRequest PEM @param validFrom such as `20250101000000Z` @returns PEM */
  generateEndorsedCertificate(signingRequest: string, validFrom: string, validityDays: number): string;
  /** @param validFrom such as `20250101000000Z` @returns PEM */
  generateNetworkCertificate(validFrom: string, validityDays: number): string;
  /** @returns false: the keys could not be used, and nothing was changed */
  setJwtPublicSigningKeys(tx: Transaction, issuer: string, metadata: unknown, jwks: unknown): boolean;
  removeJwtPublicSigningKeys(tx: Transaction, issuer: string): void;
}
