import type { Transaction } from "../../kv/store.js";
import type { Caller, RpcRequest } from "../http.js";

/** A way to find out who calls. */
export interface AuthenticationPolicy {
  /** as applications name it, and as error details do */
  readonly name: string;
  /** @throws {Error} if the credentials are broken beyond judging, which CCF answers with 500 */
  authenticate(request: RpcRequest, tx: Transaction): Accepted | Refused;
}

/** The caller is known. */
export interface Accepted {
  readonly caller: Exclude<Caller, undefined>;
}

/** The caller is not known. */
export interface Refused {
  readonly reason: string;
  /** for the header `www-authenticate` */
  readonly challenge?: string;
}
