import { join } from "node:path";
import { Ledger } from "../../../../sandbox/embedded/ledger/ledger.js";
import { LedgerSecrets } from "../../../../sandbox/embedded/ledger/secrets.js";
import { Identity } from "../../../../sandbox/embedded/tls/identity.js";
import { put } from "./workplace.js";

/*
 * Opens the ledger in a folder and writes to it until it is killed; every key and value that was reported committed goes
 * to standard output.
 */
const [root = "", round = ""] = process.argv.slice(2);
const ledger = Ledger.open({
  directory: join(root, "ledger"),
  identity: Identity.open(join(root, "node")),
  secrets: LedgerSecrets.open(join(root, "secrets")),
  committedMark: join(root, "committed"),
  signatures: { delayMs: 5 },
  chunkBytes: 20_000,
});
const written: { seqno: number; line: string }[] = [];

ledger.onCommitted((last) => {
  while (written[0] && written[0].seqno <= last.seqno)
    process.stdout.write(`${written.shift()?.line ?? ""}\n`);
});

let count = 0;
setInterval(() => {
  const [key, value] = [`key-${round}-${++count}`, `value-${Math.random()}`];
  written.push({ seqno: put(ledger, key, value, "hidden").seqno, line: `${key} ${value}` });
}, 1);
