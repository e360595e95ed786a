import { codeOf, ServiceError, UsageError, VerificationError } from "../sdk/errors.js";

export const EXIT = { ok: 0, failed: 1, usage: 2, doesNotVerify: 3 } as const;

/** A result on standard output: for people, or as one line of JSON. */
export function print(value: unknown, asJson: boolean): void {
  process.stdout.write(`${asJson ? JSON.stringify(value) : forPeople(value)}\n`);
}

/** Progress and advice, on standard error: standard output is for results. */
export function advise(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Tells of a failure. @returns the exit code that goes with it */
export function report(error: unknown, asJson: boolean): number {
  const code = codeOf(error) ?? "Failed";
  const message = error instanceof Error ? error.message : String(error);
  const details = error instanceof ServiceError ? error.details : [];
  if (asJson) process.stderr.write(`${JSON.stringify({ error: { code, message, details } })}\n`);
  else
    for (const line of [`${code}: ${message}`, ...details.map((detail) => `  ${JSON.stringify(detail)}`)])
      advise(line);
  if (error instanceof VerificationError) return EXIT.doesNotVerify;
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}

/** Lists line by line, fields with their names, everything deeper as JSON. */
function forPeople(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? "(none)" : value.map(inOneLine).join("\n");
  if (typeof value !== "object" || value === null) return inOneLine(value);
  const fields = Object.entries(value).filter(([, content]) => content !== undefined);
  const width = Math.max(0, ...fields.map(([name]) => name.length));
  return fields.map(([name, content]) => `${name.padEnd(width)}  ${inOneLine(content)}`).join("\n");
}

function inOneLine(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
