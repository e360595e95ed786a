/** The process that sends requests of many kinds, as members and clean rooms do: with the SDK, one connection per node. */
import { createPrivateKey, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { attestedRequest, type Evidence, signedRequest } from "../../sdk/attested.js";
import { CleanRoom } from "../../sdk/clean-room.js";
import { Client } from "../../sdk/client.js";
import { ContractClient, listContracts } from "../../sdk/contract.js";
import { propose, vote } from "../../sdk/governance.js";
import type { Identity } from "../../sdk/identity.js";
import { closedLoops } from "./loops.js";
import { acceptance } from "./scene.js";
import { countOf, type Fared, Tally } from "./tally.js";
import { work } from "./worker.js";

/** What the process is given. */
export interface Mix {
  /** Of each node. */
  readonly urls: readonly string[];
  readonly serviceCertificatePem: string;
  readonly members: readonly [Identity, ...Identity[]];
  readonly contractId: string;
  readonly secretId: string;
  readonly evidence: Evidence;
  /** PEM of the key that the evidence binds. */
  readonly key: { readonly privateKeyPem: string; readonly publicKeyPem: string };
  readonly seconds: number;
  readonly connections: number;
}

/** How the requests fared. */
export interface MixFared {
  readonly kinds: readonly Fared[];
  readonly total: Fared;
}

/** Somebody who asks one node for this and that, one thing after the other. */
interface Visitor {
  readonly nobody: Client;
  readonly member: Client;
  readonly room: CleanRoom;
  readonly contract: ContractClient;
}

const PROPOSE = "propose a contract";
const VOTE = "vote";

/** milliseconds */
const PROPOSES_EVERY = 1000;
const REPORTS_EVERY = 1000;

work(run);

async function run(mix: Mix, progress: (text: string) => void): Promise<MixFared> {
  const { urls, connections, seconds, members } = mix;
  const visitors = Array.from({ length: connections }, (_, at) => visitor(mix, inTurn(urls, at)));
  const kinds = kindsOf(mix);
  const tally = new Tally([...kinds.map(({ kind }) => kind), PROPOSE, VOTE]);
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 1000;
  const reporting = setInterval(() => progress(line(tally.total(elapsed()), elapsed())), REPORTS_EVERY);
  const asking = closedLoops(connections, seconds, (connection) => {
    const { kind, ask } = any(kinds);
    return tally.time(kind, () => ask(inTurn(visitors, connection)));
  });
  const deciding = decide(visitors, members, tally, () => elapsed() < seconds);
  const took = await asking;
  await deciding;
  clearInterval(reporting);
  for (const { nobody, member } of visitors) for (const client of [nobody, member]) client.close();
  return { kinds: tally.kinds(took), total: tally.total(took) };
}

function visitor({ serviceCertificatePem, members, contractId, evidence, key }: Mix, url: string): Visitor {
  const nobody = new Client({ url, serviceCertificatePem });
  const member = nobody.as({ identity: members[0] });
  const cleanRoomKey = { ...key, privateKey: createPrivateKey(key.privateKeyPem) };
  const room = new CleanRoom(nobody, contractId, cleanRoomKey, evidence);
  return { nobody, member, room, contract: new ContractClient(member, contractId) };
}

interface Kind {
  readonly kind: string;
  /** How often it is asked for, of all shares. */
  readonly share: number;
  readonly ask: (by: Visitor) => Promise<unknown>;
}

function kindsOf({ contractId, secretId, evidence, key }: Mix): readonly Kind[] {
  const base = `/app/contracts/${contractId}`;
  const cleanRoomKey = { ...key, privateKey: createPrivateKey(key.privateKeyPem) };
  const released = attestedRequest(cleanRoomKey, evidence);
  const said = () => signedRequest(cleanRoomKey, evidence, { n: randomUUID() });
  const token = { subject: contractId, audience: "api://load", tenantId: "load" };
  return [
    { kind: "read a contract", share: 40, ask: ({ contract }) => contract.read() },
    { kind: "list contracts", share: 5, ask: ({ member }) => listContracts(member) },
    { kind: "list secrets", share: 5, ask: ({ contract }) => contract.listSecrets() },
    { kind: "read the latest event", share: 10, ask: ({ contract }) => contract.latestEvent() },
    { kind: "write an event, session", share: 15, ask: ({ room }) => room.logEvent({ n: randomUUID() }) },
    { kind: "write an event, JSON", share: 5, ask: ({ nobody }) => nobody.put(`${base}/events`, said()) },
    { kind: "release a secret, session", share: 10, ask: ({ room }) => room.secret(secretId) },
    {
      kind: "release a secret, JSON",
      share: 5,
      ask: ({ nobody }) => nobody.post(`${base}/secrets/${secretId}`, released),
    },
    { kind: "release a token, session", share: 5, ask: ({ room }) => room.token(token) },
  ];
}

function any(kinds: readonly Kind[]): Kind {
  let left = Math.random() * kinds.reduce((sum, { share }) => sum + share, 0);
  const chosen = kinds.findIndex(({ share }) => {
    left -= share;
    return left < 0;
  });
  return inTurn(kinds, chosen);
}

function inTurn<T>(all: readonly T[], turn: number): T {
  const one = all[turn % all.length];
  if (one !== undefined) return one;
  throw new RangeError(`there are ${all.length}, none for turn ${turn}`);
}

/** At a low rate: a member proposes a contract, and the members vote for it, each at another node. */
async function decide(
  visitors: readonly Visitor[],
  members: Mix["members"],
  tally: Tally,
  goesOn: () => boolean,
): Promise<void> {
  let asked = 0;
  const next = (): Client => inTurn(visitors, asked++).nobody;
  while (goesOn()) {
    const actions = [acceptance(`load-${randomUUID()}`)];
    let proposal = await tally.time(PROPOSE, () => propose(next(), members[0], actions));
    for (const member of members) {
      if (proposal?.proposalState !== "Open") break;
      const { proposalId } = proposal;
      proposal = await tally.time(VOTE, () => vote(next(), member, proposalId));
    }
    await sleep(PROPOSES_EVERY);
  }
}

function line({ perSecond, refused, failed }: Fared, elapsed: number): string {
  const [no, lost] = [countOf(refused), countOf(failed)];
  return `${elapsed.toFixed(0)} s: ${perSecond.toFixed(0)} requests/s so far, ${no} refused, ${lost} failed`;
}
