import { amdRootKey } from "../../sandbox/embedded/snp/amd-roots.js";
import { verifySnpAttestation } from "../../sandbox/embedded/snp/verify.js";

/** What the node takes as given. */
interface Trust {
  /** The time at which certificates must be valid. */
  readonly at?: Date;
  readonly rootKey?: typeof amdRootKey;
}

type Verifier = typeof snp_attestation;

const realNow = Date.now;

/** Puts the node's verifier of SEV-SNP reports where the engine has it, and the node's clock. */
export function installVerifier({ at = new Date(), rootKey = amdRootKey }: Trust = {}): void {
  const bytes = (buffer: ArrayBuffer | undefined) => buffer && Buffer.from(buffer);
  const verify = (...[report, endorsements, uvm, tcb]: Parameters<Verifier["verifySnpAttestation"]>) =>
    buffersOf(
      verifySnpAttestation(Buffer.from(report), Buffer.from(endorsements), bytes(uvm), tcb, { at, rootKey }),
    );
  Object.assign(globalThis, { snp_attestation: { verifySnpAttestation: verify } });
  ccf.enableUntrustedDateTime = (enable) => {
    Date.now = enable ? () => at.getTime() : realNow;
    return false;
  };
}

/**
 * Makes the installed verifier remember what it has found, for tests that spoil everything but the report, thousands of
 * times.
 */
export function rememberVerdicts(): void {
  const verifier = snp_attestation;
  const verdicts = new Map<string, ReturnType<Verifier["verifySnpAttestation"]>>();
  const verifyOnce: Verifier["verifySnpAttestation"] = (report, endorsements, ...more) => {
    const key = [report, endorsements].map((bytes) => Buffer.from(bytes).toString("base64")).join();
    const verdict = verdicts.get(key) ?? verifier.verifySnpAttestation(report, endorsements, ...more);
    verdicts.set(key, verdict);
    return verdict;
  };
  Object.assign(globalThis, { snp_attestation: { verifySnpAttestation: verifyOnce } });
}

/** Puts the clock back; for the end of tests that install the verifier. */
export function restoreClock(): void {
  Date.now = realNow;
}

/** The engine hands out bytes as ArrayBuffers. */
function buffersOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return new Uint8Array(value).buffer;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, buffersOf(part)]));
}
