import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { assertForm } from "./forms.js";
import { type Address, type Answer, Connection, type Credentials, json } from "./http.js";
import { type AnswerOf, NOTHING, type Operation, operations } from "./operations.js";

/** A success, as far as existing clients look at it. */
export interface Success<V> {
  readonly value: V;
  /** `<view>.<seqno>` */
  readonly txId: string;
}

/** What a request says beside its path. */
export interface Saying {
  readonly query?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** Milliseconds. Clients poll every 500, tests are impatient. */
const POLL_EVERY = 50;
const POLL_FOR = 5000;
/** How often clients ask for what is still being fetched from the ledger. */
const ATTEMPTS = 13;
const WRITING = /^PUT |\/(enable|disable|accept|withdraw|submit|generateSigningKey|setIssuerUrl)$/;

const answered = new Set<Operation>();

/** Whether every one of these operations was answered as it should in this run of the tests. */
export function assertAllAnswered(expected: readonly Operation[]): void {
  const missing = expected.filter((operation) => !answered.has(operation));
  assert.deepEqual(missing, []);
}

/** How existing clients call the application, whoever they are. */
export class Application {
  protected readonly connection: Connection;
  /** Commits are watched by nobody in particular. */
  readonly #anonymous: Connection;

  constructor(service: Address, credentials?: Credentials) {
    this.connection = new Connection(service, credentials);
    this.#anonymous = new Connection(service);
  }

  /**
   * Expects a success, in the form that clients know. As they do, it asks again while the service fetches from its ledger, and
   * waits until what was written is committed.
   *
   * @param path what stands in the place of the names in braces, in their order
   */
  async call<O extends Operation>(
    operation: O,
    path: readonly string[] = [],
    saying: Saying = {},
  ): Promise<Success<AnswerOf<O>>> {
    let answer = await this.ask(operation, path, saying);
    for (let attempt = 1; answer.status === 202 && attempt < ATTEMPTS; attempt++) {
      assert.equal(answer.text, "");
      await sleep(1000 * Number(answer.headers["retry-after"]));
      answer = await this.ask(operation, path, saying);
    }
    const said = `${operation} ${path.join(" ")}: ${answer.status} ${answer.text}`;
    // only events are put without any answer
    const expected = operation === "PUT /contracts/{contractId}/events" ? 204 : 200;
    assert.equal(answer.status, expected, said);
    const form = operations[operation];
    const value: unknown = form === NOTHING ? undefined : JSON.parse(answer.text);
    if (form === NOTHING) assert.equal(answer.text, "", said);
    else {
      assert.match(String(answer.headers["content-type"]), /^application\/json/, said);
      assertForm(form, value, operation);
    }
    const txId = String(answer.headers["x-ms-ccf-transaction-id"]);
    assert.match(txId, /^\d+\.\d+$/, said);
    if (WRITING.test(operation)) await this.committed("/app/tx", txId);
    answered.add(operation);
    return { value: value as AnswerOf<O>, txId };
  }

  /** Expects a refusal with the code on which clients branch. */
  async refused(
    status: number,
    code: string,
    operation: Operation,
    path: readonly string[] = [],
    saying: Saying = {},
  ): Promise<void> {
    const answer = await this.ask(operation, path, saying);
    assertRefusal(answer, status, code, operation);
  }

  /** The answer, whatever it is. */
  ask(
    operation: Operation,
    path: readonly string[] = [],
    { query = "", body }: Saying = {},
  ): Promise<Answer> {
    const [method = "", template = ""] = operation.split(" ");
    const values = path.values();
    const filled = template.replace(/\{\w+\}/g, () => values.next().value ?? assert.fail(operation));
    return this.request(method, `/app${filled}${query}`, body);
  }

  request(method: string, pathAndQuery: string, body?: unknown): Promise<Answer> {
    return this.connection.exchange(method, pathAndQuery, body === undefined ? undefined : json(body));
  }

  /** Polls until a transaction is committed. */
  async committed(path: "/app/tx" | "/gov/tx", txId: string): Promise<void> {
    for (const until = Date.now() + POLL_FOR; ;) {
      const answer = await this.#anonymous.exchange("GET", `${path}?transaction_id=${txId}`);
      assert.equal(answer.status, 200, answer.text);
      const { status } = JSON.parse(answer.text) as { status: string };
      if (status === "Committed") return;
      assert.match(status, /^(Unknown|Pending)$/, `transaction ${txId} is ${status}`);
      assert.ok(Date.now() < until, `transaction ${txId} is still ${status}`);
      await sleep(POLL_EVERY);
    }
  }
}

export function assertRefusal(answer: Answer, status: number, code: string, what: string): void {
  const said = `${what}: ${answer.status} ${answer.text}`;
  assert.equal(answer.status, status, said);
  const form = { error: { code: "text", message: "text" } } as const;
  const body: unknown = JSON.parse(answer.text);
  assertForm(form, body, what);
  assert.equal((body as { error: { code: string } }).error.code, code, said);
}
