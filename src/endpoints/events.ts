import type { Request } from "@microsoft/ccf-app";
import { anyCaller, type Token, tokenOf, tokenRefusals } from "../governance/callers.js";
import {
  type EventSelector,
  eventPage,
  latestEvent,
  MOST_SEQNOS_PER_PAGE,
  putEvent,
  readTimestamp,
} from "../governance/events.js";
import { id, optionalId } from "../governance/ids.js";
import { requireReader } from "../governance/parties.js";
import { endpoint, Reply } from "../kit/endpoint.js";
import { ranging, rangeText, readRange } from "../kit/ledger-ranges.js";
import { Refusal } from "../kit/refusal.js";
import { evidenceRefusals, requireCleanRoom } from "../policy/attested.js";
import { attestedCall } from "../policy/attested-call.js";
import { readSelfSigned, signatureRefusals } from "../policy/json-call.js";
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
    query: { ...selecting, ...ranging },
    answer: events,
    refusals: ["NotContractParty"],
  },
  ({ caller, path: { contractId }, query }) => {
    requireReader(caller, contractId);
    const wanted = selector(contractId, query);
    const range = readRange(query, MOST_SEQNOS_PER_PAGE);
    if (range.from === undefined && range.to === undefined) return { value: latestEvent(wanted) };
    const { value, next } = eventPage(wanted, range);
    if (next === undefined) return { value };
    const following = rangeText(next, range.perPage);
    const nextLink = `/app/contracts/${contractId}/events?${following}&id=${wanted.id}&scope=${wanted.scope}`;
    return { value, nextLink };
  },
);

/** Attested code, or whoever has a token that the contract's policy is about, appends an event. */
export const putContractEvent = endpoint(
  {
    path: { contractId: id },
    query: selecting,
    bodies: [attestedRequest],
    status: 204,
    refusals: [
      ...evidenceRefusals,
      ...signatureRefusals,
      "TimestampMissing",
      "TimestampTooLarge",
      "TimestampInvalid",
      ...tokenRefusals,
      "VerifyJwtAttestationFailed",
      "NotCanonical",
    ],
  },
  ({ path: { contractId }, query, request }) => {
    const token = tokenOf(request);
    const { timestamp, data } =
      token === undefined ? saidByCode(contractId, request) : saidByHolder(contractId, request, token);
    if (data === undefined) throw new Refusal("DataMissing", 'Send the event in "data".');
    putEvent(selector(contractId, query), readTimestamp(timestamp), data);
    return new Reply(204);
  },
);

/** For this purpose a clean room can delegate. */
const WRITER = { type: "events", id: "writer" } as const;

interface Said {
  readonly timestamp?: unknown;
  readonly data?: unknown;
}

function saidByCode(contractId: string, request: Request): Said {
  // of a JSON request only the data is signed, and the time stands beside it
  const call = attestedCall(request, {
    key: "sign",
    signed: (data, { timestamp }) => ({ data, timestamp }),
  });
  requireCleanRoom(contractId, call, WRITER);
  return call.content() ?? {}; // a bound request may have none
}

function saidByHolder(contractId: string, request: Request, token: Token): Said {
  requireMatchingToken(contractId, token, WRITER);
  const { data, body } = readSelfSigned(request);
  return { data, timestamp: body.timestamp };
}
