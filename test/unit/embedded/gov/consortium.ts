import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signGovernanceMessage, type GovernanceMessage } from "../../../../sdk/cose.js";
import { genesis, makeNodeEncryptionKey, type FoundingMember } from "../../../../sandbox/embedded/genesis.js";
import { Engine } from "../../../../sandbox/embedded/js/engine.js";
import { Ledger } from "../../../../sandbox/embedded/ledger/ledger.js";
import { LedgerSecrets } from "../../../../sandbox/embedded/ledger/secrets.js";
import { Dispatcher } from "../../../../sandbox/embedded/rpc/dispatcher.js";
import { builtInFrontend } from "../../../../sandbox/embedded/rpc/frontend.js";
import { govEndpoints, NodeEffects } from "../../../../sandbox/embedded/rpc/gov/index.js";
import { HistoricalQueries } from "../../../../sandbox/embedded/rpc/historical-queries.js";
import type { NodeContext, RpcRequest } from "../../../../sandbox/embedded/rpc/http.js";
import { Metrics } from "../../../../sandbox/embedded/rpc/metrics.js";
import { makeCertificate } from "../../../../sandbox/embedded/tls/certificates.js";
import { Identity } from "../../../../sandbox/embedded/tls/identity.js";

export const yes = "export function vote () { return true }";
export const no = "export function vote () { return false }";

/** Accepts with more than half of the active members, rejects with at least half against. */
const constitution = `
const table = (name) => ccf.kv["public:ccf.gov." + name];
const key = ccf.strToBuf;
const actionsOf = (text) => JSON.parse(text).actions;
const applied = {
  note: () => {},
  fail: () => { throw new Error("on purpose") },
  set_constitution: ({ text }) => table("constitution").set(new ArrayBuffer(8), ccf.jsonCompatibleToBuf(text)),
  set_window: ({ size }) => {
    const config = ccf.bufToJsonCompatible(table("service.config").get(new ArrayBuffer(8)));
    table("service.config").set(new ArrayBuffer(8), ccf.jsonCompatibleToBuf({ ...config, recent_cose_proposals_window_size: size }));
  },
  write: ({ name, id, text }) => table(name).set(key(id), key(text)),
  remove_member: ({ id }) => table("members.info").delete(key(id)),
  open: ({ certificate }) => ccf.node.transitionServiceToOpen(undefined, key(certificate)),
  rekey: () => ccf.node.triggerLedgerRekey(),
};
export function validate(text) {
  const actions = actionsOf(text);
  const unknown = actions.find(({ name }) => !Object.hasOwn(applied, name));
  return unknown ? { valid: false, description: "no action " + unknown.name } : { valid: actions.length > 0, description: "no actions" };
}
export function resolve(text, proposerId, votes) {
  let active = 0;
  table("members.info").forEach((details) => { if (ccf.bufToJsonCompatible(details).status === "Active") active += 1 });
  const inFavour = votes.filter(({ vote }) => vote).length;
  if (inFavour * 2 > active) return "Accepted";
  return (votes.length - inFavour) * 2 >= active ? "Rejected" : "Open";
}
export function apply(text) {
  for (const { name, args } of actionsOf(text)) applied[name](args ?? {});
}
`;

export interface Person {
  id: string;
  certificatePem: string;
  privateKeyPem: string;
}

/** Takes a while to make, so once for all; whether it is the node's or a member's plays no part here. */
const encryptionKey = makeNodeEncryptionKey();

/** Somebody with a key and a certificate of their own. */
export function makePerson(name: string): Person {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-384" });
  const certificatePem = makeCertificate({
    subject: name,
    publicKey,
    issuer: privateKey,
    validFrom: new Date(),
    validityDays: 1,
  });
  const id = createHash("sha256").update(new X509Certificate(certificatePem).raw).digest("hex");
  return {
    id,
    certificatePem,
    privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: unknown;
  /** of an error */
  code: string | undefined;
  /** of an error; of callers who are not known, why */
  message: string | undefined;
}

/** A service as its governance sees it: a ledger, an engine and the governance API, without a network. */
export class Consortium {
  readonly members: readonly Person[];
  readonly node: NodeContext;
  readonly #directory: string;
  readonly #dispatcher: Dispatcher;

  private constructor(directory: string, node: NodeContext, members: readonly Person[]) {
    this.#directory = directory;
    this.node = node;
    this.members = members;
    const frontend = builtInFrontend(govEndpoints);
    this.#dispatcher = new Dispatcher(
      node,
      { app: frontend, gov: frontend, node: frontend },
      () => undefined,
    );
  }

  /** Three members, accepted but not active; the first has a key for recovery. */
  static async found(): Promise<Consortium> {
    const directory = mkdtempSync(join(tmpdir(), "gov-"));
    const identity = Identity.create(join(directory, "node"), {
      validFrom: new Date(),
      serviceValidityDays: 90,
      nodeValidityDays: 1,
      alternativeNames: ["127.0.0.1"],
    });
    const encryptionPublicKey = await encryptionKey;
    const members = ["member0", "member1", "member2"].map(makePerson);
    const founding = members.map(({ certificatePem }, index): FoundingMember => {
      return { certificate: certificatePem, ...(index === 0 ? { encryptionPublicKey } : {}) };
    });
    const ledger = Ledger.create({
      directory: join(directory, "ledger"),
      identity,
      secrets: LedgerSecrets.create(),
      committedMark: join(directory, "committed"),
      signatures: { delayMs: 5 },
    });
    const tx = ledger.store.begin();
    const address = "127.0.0.1:8000";
    const options = { members: founding, constitution, configuration: { recovery_threshold: 1 } };
    const rpcInterfaces = { primary: { bind_address: address, published_address: address } };
    genesis(
      tx,
      { ...options, rpcInterfaces, nodeToNodeAddress: address, nodeEncryptionKey: encryptionPublicKey },
      identity,
    );
    ledger.commit(tx);
    await ledger.flush();
    const node: NodeContext = {
      config: { directory, members: founding, constitution },
      ledger,
      engine: await Engine.load(),
      identity,
      effects: new NodeEffects(ledger, identity),
      historicalQueries: new HistoricalQueries(ledger),
      metrics: new Metrics(),
      address,
      // Only defects of the node itself are logged.
      log: (line) => assert.fail(line),
    };
    return new Consortium(directory, node, members);
  }

  /** All three active. */
  static async active(): Promise<Consortium> {
    const consortium = await Consortium.found();
    for (const member of consortium.members) assert.equal(consortium.activate(member).status, 204);
    return consortium;
  }

  async dissolve(): Promise<void> {
    await this.node.ledger.close();
    rmSync(this.#directory, { recursive: true });
  }

  /** The member at a position; the first by default. */
  member(index = 0): Person {
    const member = this.members[index];
    assert.ok(member);
    return member;
  }

  get(path: string, apiVersion = "2024-07-01"): Answer {
    return this.request({
      method: "GET",
      path,
      query: `api-version=${apiVersion}`,
      headers: {},
      body: new Uint8Array(0),
    });
  }

  /** Sends bytes as if they were a signed message. */
  post(
    path: string,
    body: Uint8Array,
    headers: Record<string, string> = { "content-type": "application/cose" },
  ): Answer {
    return this.request({ method: "POST", path, query: "api-version=2024-07-01", headers, body });
  }

  signed(
    path: string,
    as: Person,
    message: Omit<GovernanceMessage, "certificatePem" | "privateKeyPem">,
  ): Answer {
    return this.post(path, signGovernanceMessage({ ...as, ...message }));
  }

  activate(as: Person): Answer {
    const at = (action: string) => `/members/state-digests/${as.id}:${action}`;
    const { body } = this.signed(at("update"), as, { type: "state_digest", payload: "" });
    const stateDigest = fieldOf(body, "stateDigest");
    return this.signed(at("ack"), as, { type: "ack", payload: JSON.stringify({ stateDigest }) });
  }

  propose(
    actions: unknown[],
    { as = this.member(), createdAt }: { as?: Person; createdAt?: number } = {},
  ): Answer {
    const payload = JSON.stringify({ actions });
    const time = createdAt === undefined ? {} : { createdAt };
    return this.signed("/members/proposals:create", as, { type: "proposal", payload, ...time });
  }

  /** A proposal that was made, by its id. */
  proposed(actions: unknown[], options: { as?: Person } = {}): string {
    const answer = this.propose(actions, options);
    assert.equal(answer.status, 200, answer.message);
    return String(fieldOf(answer.body, "proposalId"));
  }

  vote(proposalId: string, as: Person, ballot = yes): Answer {
    const path = `/members/proposals/${proposalId}/ballots/${as.id}:submit`;
    return this.signed(path, as, { type: "ballot", proposalId, payload: JSON.stringify({ ballot }) });
  }

  withdraw(proposalId: string, as: Person): Answer {
    return this.signed(`/members/proposals/${proposalId}:withdraw`, as, {
      type: "withdrawal",
      proposalId,
      payload: "",
    });
  }

  /** Proposes, and lets members vote in favour until it is decided. */
  pass(...actions: unknown[]): Answer {
    const id = this.proposed(actions);
    this.vote(id, this.member(0));
    return this.vote(id, this.member(1));
  }

  stateOf(proposalId: string): unknown {
    return fieldOf(this.get(`/members/proposals/${proposalId}`).body, "proposalState");
  }

  /** @param request path without the frontend's prefix */
  request(request: RpcRequest): Answer {
    const answer = this.#dispatcher.handle({ ...request, path: `/gov${request.path}` });
    const error = fieldOf(answer.body, "error");
    const [reason] = listOf(fieldOf(error, "details"));
    return {
      status: answer.status,
      headers: answer.headers ?? {},
      body: answer.body,
      code: textOf(fieldOf(error, "code")),
      message: textOf(fieldOf(reason ?? error, "message")),
    };
  }
}

export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
