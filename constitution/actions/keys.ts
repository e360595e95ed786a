/** When the service has keys of its own, with which it signs. A member has them made; members alone never see them. */
import { keyRequest, requestFirstKey, requestNextKey } from "../../src/governance/key-requests.js";
import type { Table } from "../../src/kit/tables.js";
import { enableKeys } from "../../src/schemas/actions/oidc.js";
import { noArguments } from "../../src/schemas/actions/service.js";
import { type Action, action } from "../action.js";

type Settings = () => Table<string, string>;

/** Asks for the first key of a purpose. Whoever asks again, as existing tools do, changes nothing. */
export const enabling = (settings: Settings): Action =>
  action({
    arguments: enableKeys,
    apply: ({ kid }) => {
      requestFirstKey(settings(), kid);
    },
  });

/** Asks for a new key in place of the one in use. */
export const rotating = (settings: Settings): Action =>
  action({
    arguments: noArguments,
    check() {
      if (keyRequest(settings()) === undefined) throw new Error("no key was ever asked for; enable it first");
    },
    apply: () => {
      requestNextKey(settings());
    },
  });
