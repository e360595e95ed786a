import { anyCaller, type Caller, knownCaller, requireActive } from "../governance/callers.js";
import { id } from "../governance/ids.js";
import type { OptionStatus } from "../governance/tables.js";
import {
  readUserDocumentOption,
  switchUserDocumentOption,
  type UserDocumentOption,
  userDocumentOptionStatus,
} from "../governance/user-document-options.js";
import { endpoint } from "../kit/endpoint.js";
import { consentRefusals, requireAttested } from "../policy/attested.js";
import { attestedCall } from "../policy/attested-call.js";
import { optionStatus } from "../schemas/answers/options.js";
import { attestedRequest } from "../schemas/requests.js";

const path = { contractId: id, documentId: id, option: readUserDocumentOption };

/** For known callers, and for clean rooms that ask for consent; those prove what they are but need no key. */
export const getUserDocumentOption = endpoint(
  {
    caller: knownCaller,
    path,
    bodies: [attestedRequest],
    answer: optionStatus,
    refusals: [
      "InvalidUserDocumentRuntimeOption",
      "ContractIdMismatch",
      "NotContractParty",
      ...consentRefusals,
    ],
  },
  ({ caller, path: { contractId, documentId, option }, request }) => {
    if (caller === undefined)
      requireAttested(contractId, attestedCall(request, { key: "none", repeatable: true }));
    return userDocumentOptionStatus(contractId, documentId, option, caller);
  },
);

const changing = {
  caller: anyCaller,
  path,
  refusals: [
    "MemberNotActive",
    "InvalidUserDocumentRuntimeOption",
    "UserDocumentNotAccepted",
    "ContractIdMismatch",
    "NotUserDocumentApprover",
  ],
} as const;

export const enableUserDocumentOption = endpoint(changing, ({ caller, path }) =>
  change(caller, path, "enabled"),
);

export const disableUserDocumentOption = endpoint(changing, ({ caller, path }) =>
  change(caller, path, "disabled"),
);

function change(
  caller: Caller,
  { contractId, documentId, option }: { contractId: string; documentId: string; option: UserDocumentOption },
  status: OptionStatus,
): void {
  switchUserDocumentOption(contractId, documentId, option, requireActive(caller), status);
}
