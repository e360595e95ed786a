import { Command } from "commander";
import { UsageError } from "../../sdk/errors.js";
import { fetchReceipt } from "../../sdk/fetch-receipt.js";
import { verifyReceipt } from "../../sdk/receipt.js";
import { clientOf, readJson, serviceCertificate, serviceCertOption } from "../options.js";
import { type ServiceOptions, withService } from "../options.js";
import type { Run } from "../run.js";

interface VerifyOptions {
  serviceCert?: string;
  document?: string;
  claimsDigest?: string;
  transaction?: string;
  at?: string;
}

/** `consortium receipt ...` */
export function receiptCommand(run: Run): Command {
  const command = new Command("receipt").description("Receipts: proof that a transaction is on the ledger.");
  command.addCommand(
    withService(new Command("get"))
      .description("Wait until a transaction is committed and write its receipt, JSON, to standard output.")
      .argument("<transaction>", "<view>.<seqno>")
      .action(async (txId: string, options: ServiceOptions) => {
        const receipt = await fetchReceipt(clientOf(options), txId);
        process.stdout.write(`${JSON.stringify(receipt, null, 2)}\n`);
      }),
  );
  command.addCommand(
    new Command("verify")
      .description("Verify a receipt offline: the service is not asked. Exit code 3 if it does not verify.")
      .argument("<file>", "the receipt, or - for standard input")
      .addOption(serviceCertOption())
      .option("--document <file>", "the JSON document that the transaction must claim")
      .option("--claims-digest <hex>", "the digest that the transaction must claim, instead of --document")
      .option("--transaction <id>", "the transaction that the receipt must be for")
      .option("--at <time>", "when certificates must be valid, ISO 8601 (default: now)")
      .action(
        run((file: string, options: VerifyOptions) => {
          const verified = verifyReceipt(readJson(file), {
            serviceCertificatePem: serviceCertificate(options),
            ...(options.document !== undefined && { document: readJson(options.document) }),
            ...(options.claimsDigest !== undefined && { claimsDigest: options.claimsDigest }),
            ...(options.transaction !== undefined && { txId: options.transaction }),
            ...(options.at !== undefined && { at: timeIn(options.at) }),
          });
          return { verified: true, ...verified };
        }),
      ),
  );
  return command;
}

function timeIn(text: string): Date {
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  throw new UsageError("InvalidOption", `"${text}" is no time; write it like 2026-01-31T12:00:00Z`);
}
