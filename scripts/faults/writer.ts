import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { CleanRoom } from "../../sdk/clean-room.js";
import type { Client } from "../../sdk/client.js";
import type { ContractClient } from "../../sdk/contract.js";
import { type Committed, type Missing, missingOf } from "./check.js";

/** milliseconds: a node that is dead refuses at once, and is not asked a thousand times a second. */
const PAUSE_AFTER_FAILURE = 50;

/** Writes events, one after the other in each of some loops, and remembers which of them were reported as committed. */
export class Writer {
  /** Of the events; no other writer may use it. */
  readonly name: string;
  readonly committed: Committed[] = [];
  /** Of events of which nobody knows whether they were written: codes, with how often. */
  readonly failures = new Map<string, number>();
  readonly #room: CleanRoom;
  readonly #client: Client;
  #acknowledged = 0;
  #next = 0;
  #running: Promise<unknown> | undefined;
  #stopped = false;

  constructor(room: CleanRoom, client: Client, name: string) {
    this.#room = room;
    this.#client = client;
    this.name = name;
  }

  /** How many events were answered with their transaction, whatever became of it. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  start(loops = 4): void {
    this.#stopped = false;
    this.#running = Promise.all(Array.from({ length: loops }, () => this.#loop()));
  }

  /**
   * Waits until so many events are committed.
   *
   * @param options `sentSince`: counts those that were sent at that time or later, milliseconds since 1970
   * @throws if that takes longer than `within`, milliseconds
   */
  async reaches(count: number, { sentSince = 0, within = 30_000 } = {}): Promise<void> {
    const reached = () => this.committed.filter(({ sent }) => sent >= sentSince).length;
    for (const until = Date.now() + within; reached() < count;) {
      if (Date.now() > until)
        throw new Error(
          `${reached()} of ${count} events were committed within ${within} ms; ${this.#failed()}`,
        );
      await sleep(10);
    }
  }

  /** Ends after what is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** Reads the events, and looks for each that was reported as committed: its content and its transaction. */
  async missing(contract: ContractClient): Promise<Missing[]> {
    const read = [];
    for await (const event of contract.events({ id: this.name })) read.push(event);
    return missingOf(this.committed, read);
  }

  #failed(): string {
    const counts = Array.from(this.failures, ([code, count]) => `${count} × ${code}`);
    return counts.length === 0 ? "none failed" : `failed: ${counts.join(", ")}`;
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      const event = { number: this.#next++, said: randomUUID() };
      const sent = Date.now();
      try {
        const txId = await this.#room.logEvent(event, { id: this.name });
        this.#acknowledged += 1;
        await this.#client.committed(txId);
        this.committed.push({ ...event, txId, sent, at: Date.now() });
      } catch (error) {
        const { code = "Defect" } = error as { code?: string };
        this.failures.set(code, (this.failures.get(code) ?? 0) + 1);
        await sleep(PAUSE_AFTER_FAILURE);
      }
    }
  }
}
