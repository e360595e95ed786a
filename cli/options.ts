import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { Client } from "../sdk/client.js";
import { UsageError } from "../sdk/errors.js";
import type { Identity } from "../sdk/identity.js";

/** Which service is meant. */
export interface ServiceOptions {
  url?: string;
  serviceCert?: string;
}

/** Who signs or calls. */
export interface CallerOptions {
  member?: string;
  cert?: string;
  key?: string;
  token?: string;
}

export const serviceCertOption = () =>
  new Option("--service-cert <file>", "the service's certificate, PEM").env("CONSORTIUM_SERVICE_CERT");

export function withService(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--url <url>",
        "where a node of the service listens, https://HOST:PORT; or where several do, with commas between",
      ).env("CONSORTIUM_URL"),
    )
    .addOption(serviceCertOption());
}

export function withMember(command: Command): Command {
  return command
    .addOption(new Option("--member <folder>", "folder with cert.pem and key.pem").env("CONSORTIUM_MEMBER"))
    .option("--cert <file>", "certificate, PEM, instead of --member")
    .option("--key <file>", "private key, PEM, instead of --member");
}

/** Members, or users with a token. */
export function withCaller(command: Command): Command {
  const token = new Option("--token <token>", "bearer token of a user, instead of a certificate");
  return withMember(withService(command)).addOption(token.env("CONSORTIUM_TOKEN"));
}

/** @throws {UsageError} if it was not said who */
export function identityOf({ member, cert, key }: CallerOptions): Identity {
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError("MissingOption", "--cert and --key go together");
  const certificate = cert ?? (member && join(member, "cert.pem"));
  const privateKey = key ?? (member && join(member, "key.pem"));
  if (certificate === undefined || privateKey === undefined)
    throw new UsageError("MissingOption", "Say who you are: --member FOLDER, or --cert FILE and --key FILE");
  return { certificatePem: readText(certificate), privateKeyPem: readText(privateKey) };
}

/** A client that is nobody in particular. */
export function clientOf(options: ServiceOptions): Client {
  const { url, serviceCert } = options;
  if (url === undefined)
    throw new UsageError("MissingOption", "Say where the service is: --url https://HOST:PORT");
  return new Client({ url: url.split(","), serviceCertificatePem: serviceCertificate({ serviceCert }) });
}

/** A client for the member or user that the options name. */
export function callerOf(options: ServiceOptions & CallerOptions): Client {
  const { token } = options;
  return clientOf(options).as(token === undefined ? { identity: identityOf(options) } : { token });
}

export function serviceCertificate({ serviceCert }: { serviceCert?: string | undefined }): string {
  if (serviceCert !== undefined) return readText(serviceCert);
  throw new UsageError("MissingOption", "Say which service you trust: --service-cert FILE");
}

/**
 * Text of a file, or of standard input for `-`.
 *
 * @throws {UsageError} `CannotRead`
 */
export function readText(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError("CannotRead", `Cannot read ${file === "-" ? "standard input" : file}: ${reason}`, {
      cause,
    });
  }
}

/** @throws {UsageError} `NotJson` */
export function readJson(file: string): unknown {
  const text = readText(file);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError("NotJson", `${file === "-" ? "Standard input" : file} is not JSON`, { cause });
  }
}
