/** Whether and how the service signs payloads of attested code. */
import { requestNextKey } from "../../src/governance/key-requests.js";
import { setSigningMode as changeMode, signingMode } from "../../src/governance/signing.js";
import { signingSettings } from "../../src/governance/tables.js";
import { setSigningMode } from "../../src/schemas/actions/oidc.js";
import { action } from "../action.js";
import { enabling, rotating } from "./keys.js";

/**
 * A key signs one way all its life: raw payloads are anything, also what another contract's domain starts with. So this asks for
 * a new key.
 */
const set_signing_mode = action({
  arguments: setSigningMode,
  apply({ mode }) {
    if (mode === signingMode()) return;
    changeMode(mode);
    requestNextKey(signingSettings());
  },
});

export const signing = {
  enable_signing: enabling(signingSettings),
  signing_enable_rotate_signing_key: rotating(signingSettings),
  set_signing_mode,
};
