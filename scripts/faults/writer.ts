import { setTimeout as sleep } from "node:timers/promises";
import type { CleanRoom } from "../../sdk/clean-room.js";
import type { Client } from "../../sdk/client.js";
import type { ContractClient } from "../../sdk/contract.js";

/** An event that was reported as committed. */
export interface Committed {
  readonly number: number;
  readonly txId: string;
  /** Milliseconds since 1970: when it was sent, and when it was known to be committed. */
  readonly sent: number;
  readonly at: number;
}

/** What a ledger does not have, or has otherwise than was reported. */
export interface Missing {
  readonly number: number;
  readonly txId: string;
  readonly found: string;
}

/** milliseconds: a node that is dead refuses at once, and is not asked a thousand times a second. */
const PAUSE_AFTER_FAILURE = 50;

/** Writes events, one after the other in each of some loops, and remembers which of them were reported as committed. */
export class Writer {
  readonly committed: Committed[] = [];
  /** Of events of which nobody knows whether they were written: codes, with how often. */
  readonly failures = new Map<string, number>();
  readonly #room: CleanRoom;
  readonly #client: Client;
  readonly #name: string;
  #next = 0;
  #running: Promise<unknown> | undefined;
  #stopped = false;

  /** @param name of the events; no other writer may use it */
  constructor(room: CleanRoom, client: Client, name: string) {
    this.#room = room;
    this.#client = client;
    this.#name = name;
  }

  start(loops = 4): void {
    this.#stopped = false;
    this.#running = Promise.all(Array.from({ length: loops }, () => this.#loop()));
  }

  /** Waits until so many events are committed. @throws if that takes longer, milliseconds */
  async reaches(count: number, within = 30_000): Promise<void> {
    for (const until = Date.now() + within; this.committed.length < count;) {
      if (Date.now() > until)
        throw new Error(`${this.committed.length} of ${count} events were committed within ${within} ms`);
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
    const found = new Map<number, number>();
    for await (const { seqno, data } of contract.events({ id: this.#name })) {
      const { number } = data as { number: number };
      found.set(number, seqno);
    }
    return this.committed.flatMap(({ number, txId }) => {
      const seqno = found.get(number);
      if (seqno === Number(txId.split(".")[1])) return [];
      return [{ number, txId, found: seqno === undefined ? "nothing" : `transaction number ${seqno}` }];
    });
  }

  async #loop(): Promise<void> {
    while (!this.#stopped) {
      const number = this.#next++;
      const sent = Date.now();
      try {
        const txId = await this.#room.logEvent({ number }, { id: this.#name });
        await this.#client.committed(txId);
        this.committed.push({ number, txId, sent, at: Date.now() });
      } catch (error) {
        const { code = "Defect" } = error as { code?: string };
        this.failures.set(code, (this.failures.get(code) ?? 0) + 1);
        await sleep(PAUSE_AFTER_FAILURE);
      }
    }
  }
}
