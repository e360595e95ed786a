import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_ENGINE } from "../../../sandbox/engine.js";
import type { Member } from "../../../sandbox/member.js";
import { Network } from "../../../sandbox/network.js";

/** The engine that the whole-service tests run on: `CONSORTIUM_ENGINE`, or the embedded node. */
export const engine = process.env.CONSORTIUM_ENGINE ?? DEFAULT_ENGINE;

/** A network that a test has for itself. */
export interface TestNetwork {
  readonly net: Network;
  /** Stops the node, and goes on from its ledger: what an engine that is distributed does by disaster recovery. */
  restart(): Promise<Network>;
  /** Stops it and deletes its workspace. */
  end(): Promise<void>;
}

/**
 * Founds a network of its own for a test that restarts it, spoils it, or needs it untouched. Others use
 * {@link sharedNetwork}.
 *
 * ```ts
 * const network = await ownNetwork();
 * try { ... } finally { await network.end(); }
 * ```
 */
export async function ownNetwork({ members = 3, nodes = 1 } = {}): Promise<TestNetwork> {
  const workspace = mkdtempSync(join(tmpdir(), "consortium-test-"));
  const open = () => Network.open({ workspace, engine, members, nodes, port: 0 });
  const remove = () => rmSync(workspace, { recursive: true, force: true });
  let net = await open().catch((error: unknown) => {
    remove();
    throw error;
  });
  return {
    get net() {
      return net;
    },
    async restart() {
      await net.stop();
      net = await open();
      return net;
    },
    async end() {
      await net.stop();
      remove();
    },
  };
}

/** All test files of a run share it; a module variable does not outlive the run. */
let shared: Promise<TestNetwork> | undefined;

/**
 * A running network of three members (alice, bob and carol) with the application deployed, which all tests of a run
 * share: use ids of your own ({@link freshId}), and leave members and application as they are.
 *
 * ```ts
 * const net = await sharedNetwork();
 * const [alice, bob] = founders(net);
 * const answer = await net.as(alice).exchange("GET", "/app/contracts");
 * ```
 */
export async function sharedNetwork(): Promise<Network> {
  return (await (shared ??= ownNetwork())).net;
}

/** The three founders of a network of three. */
export function founders({ members }: Network): readonly [alice: Member, bob: Member, carol: Member] {
  const [alice, bob, carol] = members;
  if (bob && carol) return [alice, bob, carol];
  throw new TypeError(`This network has ${members.length} founders, not three`);
}

let ids = 0;

/** An id that no other test of the run uses. */
export function freshId(prefix: string): string {
  return `${prefix}-${++ids}`;
}

/** Ends the shared network when all tests have run; mocha takes this from any file it loads. */
after(async function () {
  this.timeout(30_000);
  await (await shared)?.end();
  shared = undefined;
});
