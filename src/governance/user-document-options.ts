import { word } from "../kit/readers.js";
import { Refusal } from "../kit/refusal.js";
import { approverOf, includesApprover, nameOf, requireReaderOrApprover, unknownAmong } from "./approvers.js";
import type { Caller } from "./callers.js";
import { requireSameContract } from "./documents.js";
import {
  type AcceptedUserDocument,
  acceptedUserDocuments,
  type OptionStatus,
  userDocumentSwitches,
} from "./tables.js";

/** What each approver of an accepted document may switch off for it. */
const OPTIONS = ["execution", "telemetry"] as const;
export type UserDocumentOption = (typeof OPTIONS)[number];

/** Reads the name of an option from a path. */
export const readUserDocumentOption = word(
  "InvalidUserDocumentRuntimeOption",
  "A user document has the options",
  OPTIONS,
);

/** Whether something may be done with a document, as the API says it. */
export type UserDocumentOptionStatus =
  | { readonly status: "enabled" }
  | {
      readonly status: "disabled";
      readonly reason: {
        readonly code: "UserDocumentNotAccepted" | "UserDocumentRuntimeOptionDisabled";
        readonly message: string;
      };
    };

const keyOf = (documentId: string, option: UserDocumentOption): string => `${documentId}/${option}`;

/**
 * Disabled until the document is accepted, and then as long as any approver has it disabled; who left has no say.
 *
 * @param caller who asks, if that is not attested code: it names approvers, so it is for readers of the document
 * @throws {Refusal} `ContractIdMismatch`, `NotContractParty`
 */
export function userDocumentOptionStatus(
  contractId: string,
  documentId: string,
  option: UserDocumentOption,
  caller?: Caller,
): UserDocumentOptionStatus {
  const document = acceptedUserDocuments().get(documentId);
  if (document === undefined) {
    return { status: "disabled", reason: notAccepted(documentId) };
  }
  requireSameContract(document, contractId);
  if (caller !== undefined) requireReaderOrApprover(caller, contractId, document.approvers);
  const against = whoDisabled(documentId, document, option);
  if (against.length === 0) return { status: "enabled" };
  const message = `The option ${option} is disabled by these approvers: ${against.join(", ")}.`;
  return { status: "disabled", reason: { code: "UserDocumentRuntimeOptionDisabled", message } };
}

const notAccepted = (documentId: string) =>
  ({
    code: "UserDocumentNotAccepted",
    message: `The user document ${documentId} is not accepted by its approvers.`,
  }) as const;

function whoDisabled(
  documentId: string,
  { approvers }: AcceptedUserDocument,
  option: UserDocumentOption,
): string[] {
  const switches = userDocumentSwitches().get(keyOf(documentId, option)) ?? {};
  const against = approvers.filter((approver) => switches[nameOf(approver)] === "disabled");
  const gone = unknownAmong(against);
  return against.filter((approver) => !gone.includes(approver)).map(nameOf);
}

/**
 * Every approver of an accepted document has a switch of its own.
 *
 * @throws {Refusal} `UserDocumentNotAccepted`, `ContractIdMismatch`, `NotUserDocumentApprover`
 */
export function switchUserDocumentOption(
  contractId: string,
  documentId: string,
  option: UserDocumentOption,
  caller: Caller,
  status: OptionStatus,
): void {
  const document = acceptedUserDocuments().get(documentId);
  if (document === undefined) {
    const { code, message } = notAccepted(documentId);
    throw new Refusal(code, message);
  }
  requireSameContract(document, contractId);
  const approver = approverOf(caller);
  if (!includesApprover(document.approvers, approver)) {
    throw new Refusal(
      "NotUserDocumentApprover",
      `Only the approvers of the user document ${documentId} switch its options.`,
    );
  }
  const table = userDocumentSwitches();
  const key = keyOf(documentId, option);
  table.set(key, { ...table.get(key), [nameOf(approver)]: status });
}

/** @throws {Refusal} `ExecutionDisabled` if an approver has execution disabled for the accepted document */
export function requireUserDocumentConsent(contractId: string, documentId: string): void {
  const standing = userDocumentOptionStatus(contractId, documentId, "execution");
  if (standing.status === "disabled") throw new Refusal("ExecutionDisabled", standing.reason.message);
}
