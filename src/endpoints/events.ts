import { anyCaller, tokenOf } from "../governance/callers.js";
import {
  type EventSelector,
  eventPage,
  latestEvent,
  MOST_SEQNOS_PER_PAGE,
  putEvent,
  readTimestamp,
} from "../governance/events.js";
import { id, optionalId } from "../governance/ids.js";
import { endpoint, Reply } from "../kit/endpoint.js";
import { integer, optional } from "../kit/readers.js";
import { Refusal } from "../kit/refusal.js";
import { evidenceOf, evidenceRefusals, requireCleanRoom } from "../policy/attested.js";
import { readSelfSigned, readSigned, signatureRefusals } from "../policy/signed.js";
import { requireMatchingToken } from "../policy/tokens.js";
import { events } from "../schemas/answers/events.js";
import { attestedRequest } from "../schemas/requests.js";

const selecting = { id: optionalId, scope: optionalId };

function selector(
  contractId: string,
  query: { id: string | undefined; scope: string | undefined },
): EventSelector {
  return { contractId, scope: query.scope ?? "", id: query.id ?? contractId };
}

/** The newest event, or with a bound given, a page of those in a range of the ledger. */
export const listEvents = endpoint(
  {
    caller: anyCaller,
    path: { contractId: id },
    query: {
      ...selecting,
      from_seqno: optional(integer(1)),
      to_seqno: optional(integer(1)),
      max_seqno_per_page: optional(integer(0)),
    },
    answer: events,
  },
  ({ path: { contractId }, query }) => {
    const wanted = selector(contractId, query);
    const { from_seqno: from = 1, to_seqno: to } = query;
    if (query.from_seqno === undefined && to === undefined) return { value: latestEvent(wanted) };
    if (to !== undefined && to < from) {
      throw new Refusal(
        "InvalidParameter",
        `"to_seqno" (${to}) must not be less than "from_seqno" (${from}).`,
      );
    }
    const perPage = Math.min(query.max_seqno_per_page ?? MOST_SEQNOS_PER_PAGE, MOST_SEQNOS_PER_PAGE);
    const { value, next } = eventPage(wanted, { from, to, perPage });
    if (next === undefined) return { value };
    const range = `from_seqno=${next.from}&to_seqno=${next.to}&max_seqno_per_page=${perPage}`;
    const nextLink = `/app/contracts/${contractId}/events?${range}&id=${wanted.id}&scope=${wanted.scope}`;
    return { value, nextLink };
  },
);

/** Attested code, or whoever has a token that the contract's policy is about, appends an event. */
export const putContractEvent = endpoint(
  {
    path: { contractId: id },
    query: selecting,
    body: attestedRequest,
    codes: { attestation: "AttestationMissing", sign: "SignatureMissing", data: "DataMissing" },
    status: 204,
    refusals: [
      ...evidenceRefusals,
      ...signatureRefusals,
      "SignatureMissing",
      "TimestampMissing",
      "TimestampTooLarge",
      "TimestampInvalid",
      "VerifyJwtAttestationFailed",
      "NotCanonical",
    ],
  },
  ({ path: { contractId }, query, body, request }) => {
    const token = tokenOf(request);
    if (token === undefined) evidenceOf(body);
    if (!body.sign?.signature || !body.sign.publicKey) {
      throw new Refusal(
        "SignatureMissing",
        'Send base64 of a signature and of the PEM of its key in "sign".',
      );
    }
    const timestamp = readTimestamp(body.timestamp);
    if (token !== undefined) requireMatchingToken(contractId, token);
    const data =
      token === undefined
        ? readSigned(body, requireCleanRoom(contractId, body, body.sign.publicKey))
        : readSelfSigned(body);
    putEvent(selector(contractId, query), timestamp, data);
    return new Reply(204);
  },
);
