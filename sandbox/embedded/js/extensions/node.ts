import type { Transaction } from "../../kv/store.js";
import { bytesToText } from "../text.js";
import { causeOf, internalError } from "../guest-error.js";
import type { HostCall } from "../host-call.js";
import type { Interpreter } from "../interpreter.js";
import type { GovernanceEffects } from "../types.js";

/** `ccf.node`: what an accepted proposal may make the node do. */
export function node(interpreter: Interpreter): void {
  interpreter.define(["ccf", "node"], {
    triggerLedgerRekey: [
      0,
      (call) => {
        call.requireArguments(0, " but expected none");
        const done = effect(call, "Failed to rekey ledger", (effects, tx) => effects.triggerLedgerRekey(tx));
        if (!done) throw internalError("Could not rekey ledger");
        return undefined;
      },
    ],
    transitionServiceToOpen: [2, transitionServiceToOpen],
    triggerRecoverySharesRefresh: [
      0,
      (call) => {
        call.requireArguments(0, " but expected none");
        effect(call, "Unable to trigger recovery shares refresh", (effects, tx) => {
          effects.triggerRecoverySharesRefresh(tx);
        });
        return undefined;
      },
    ],
    triggerLedgerChunk: [
      0,
      (call) => {
        effect(call, "Unable to force ledger chunk", (effects, tx) => {
          effects.triggerLedgerChunk(tx);
        });
        return undefined;
      },
    ],
    triggerSnapshot: [
      0,
      (call) => {
        effect(call, "Unable to request snapshot", (effects, tx) => {
          effects.triggerSnapshot(tx);
        });
        return undefined;
      },
    ],
  });
}

function transitionServiceToOpen(call: HostCall): undefined {
  call.requireArguments(2, " but expected two");
  const previous = call.isUndefined(0)
    ? undefined
    : call.bytes(0, "Previous service identity argument is not an array buffer");
  if (call.isUndefined(1)) throw internalError("Proposal requires a service identity");
  const next = call.bytes(1, "Next service identity argument is not an array buffer");
  effect(call, "Unable to open service", (effects, tx) => {
    effects.transitionServiceToOpen(tx, previous && bytesToText(previous), bytesToText(next));
  });
}

/** Does something to the node; a failure becomes the guest's, introduced as CCF does. */
export function effect<Result>(
  call: HostCall,
  failure: string,
  act: (effects: GovernanceEffects, tx: Transaction) => Result,
): Result {
  const { effects, tx } = call.invocation;
  if (!effects) throw internalError("Failed to get governance effects object");
  try {
    return act(effects, tx);
  } catch (error) {
    throw internalError(`${failure}: ${causeOf(error)}`);
  }
}
