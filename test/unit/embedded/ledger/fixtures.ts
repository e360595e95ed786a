import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Context } from "mocha";

/** Ledgers and receipts that a real CCF node wrote, kept beside the project. */
const folder = fileURLToPath(new URL("../../../../../shared/fixtures/ledger", import.meta.url));

export type Service = "service" | "recovered";

export interface JournalStep {
  readonly transaction_id: string;
  readonly does: string;
  readonly public?: Record<string, Record<string, string>>;
  readonly claims?: string;
  readonly fate?: string;
}

export interface FixtureReceipt {
  readonly name: string;
  readonly transaction_id: string;
  readonly json: unknown;
}

/** Skips tests where there are no fixtures, and says so. */
export function requireFixtures(context: Context): void {
  if (existsSync(folder)) return;
  console.warn("      skipped: there are no ledgers of a real CCF node beside the project");
  context.skip();
}

/** The folder of a ledger's files. */
export function ledgerFolder(service: Service): string {
  return join(folder, service, "ledger");
}

/** The certificate of a service (PEM). */
export function serviceCertificate(service: Service): string {
  return readFileSync(join(folder, service, "service_cert.pem"), "utf8");
}

/** What was asked of a service, in order. */
export function journal(service: Service): JournalStep[] {
  return (JSON.parse(readFileSync(join(folder, service, "journal.json"), "utf8")) as { steps: JournalStep[] })
    .steps;
}

/** All receipts the service gave out. */
export function receipts(service: Service): FixtureReceipt[] {
  const names = readdirSync(join(folder, service, "receipts")).filter((name) => name.endsWith(".json"));
  return names.map((name) => ({
    name,
    ...(JSON.parse(readFileSync(join(folder, service, "receipts", name), "utf8")) as Omit<
      FixtureReceipt,
      "name"
    >),
  }));
}
