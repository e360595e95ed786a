import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether there is an `openssl` on this machine; says so where there is none. */
export function hasOpenssl(): boolean {
  const found = spawnSync("openssl", ["version"]).status === 0;
  if (!found) console.warn("skipped: openssl is not installed, which judges the certificates");
  return found;
}

/**
 * What `openssl` says; it must find nothing wrong.
 *
 * @param files by name; in the arguments such a name is replaced by the path of the file
 */
export function openssl(args: readonly string[], files: Readonly<Record<string, string>> = {}): string {
  const { status, output } = tryOpenssl(args, files);
  if (status === 0) return output;
  throw new Error(`openssl ${args.join(" ")}: ${output}`);
}

/** As {@link openssl}, whatever it finds. */
export function tryOpenssl(
  args: readonly string[],
  files: Readonly<Record<string, string>> = {},
): { readonly status: number | null; readonly output: string } {
  const folder = mkdtempSync(join(tmpdir(), "consortium-openssl-"));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const paths = args.map((arg) => (Object.hasOwn(files, arg) ? join(folder, arg) : arg));
    const { status, stdout, stderr } = spawnSync("openssl", paths, { cwd: folder, encoding: "utf8" });
    return { status, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What `openssl verify` thinks of a certificate, if it trusts a bundle. Both PEM. */
export const judge = (cert: string, caBundle: string, ...options: readonly string[]) =>
  tryOpenssl(["verify", "-x509_strict", ...options, "-CAfile", "ca.pem", "cert.pem"], {
    "ca.pem": caBundle,
    "cert.pem": cert,
  });

/** What `openssl x509 -text` says of a certificate. */
export const describeCertificate = (cert: string): string =>
  openssl(["x509", "-noout", "-text", "-in", "cert.pem"], { "cert.pem": cert });
