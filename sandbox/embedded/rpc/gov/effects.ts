import { createPublicKey, X509Certificate, type KeyObject } from "node:crypto";
import { signCose } from "../../../../sdk/cose.js";
import { requirePem } from "../../js/crypto/keys.js";
import type { GovernanceEffects } from "../../js/types.js";
import type { Transaction } from "../../kv/store.js";
import type { Ledger } from "../../ledger/ledger.js";
import type { Identity, Validity } from "../../tls/identity.js";
import { removeJwtPublicSigningKeys, setJwtPublicSigningKeys } from "./jwt-keys.js";
import {
  encryptTo,
  issueRecoveryShares,
  issueRecoverySharesOfNext,
  shuffleRecoveryShares,
} from "./recovery-shares.js";
import * as tables from "./tables.js";
import { parseTime } from "./time.js";

/**
 * What the constitution can do to the node beyond writing tables. Errors are those that CCF's own functions would give;
 * what was written before one is thrown is never committed, since the proposal fails with it.
 */
export class NodeEffects implements GovernanceEffects {
  readonly #ledger: Ledger;
  readonly #identity: Identity;

  constructor(ledger: Ledger, identity: Identity) {
    this.#ledger = ledger;
    this.#identity = identity;
  }

  /**
   * Opens the service to its users: hands out recovery shares, and makes the service vouch for its own identity.
   * Nothing happens if it is open already.
   *
   * @param previous PEM; only a service that is recovered follows another, and this node recovers none
   * @param next PEM; the members say which service they mean to open
   */
  transitionServiceToOpen(tx: Transaction, previous: string | undefined, next: string): void {
    if (previous !== undefined) requirePem(previous);
    requirePem(next);
    const service = tables.serviceInfo(tx).get();
    if (!service) throw new Error("Service information cannot be found to transition service to open");
    if (service.status === "Open") return;
    if (next !== service.cert) throw new Error(identityMismatch(next, service.cert));
    try {
      issueRecoveryShares(tx, this.#ledger.secrets.latest);
    } catch (error) {
      throw new Error(`Failed to issue recovery shares: ${messageOf(error)}`, { cause: error });
    }
    tables.serviceInfo(tx).set({ ...service, status: "Open" });
    this.#endorseOwnIdentity(tx, service);
    this.triggerSnapshot(tx);
  }

  /** Encrypts what follows the transaction with a new secret. @returns false while the service is not open */
  triggerLedgerRekey(tx: Transaction): boolean {
    if (tables.serviceInfo(tx).get()?.status !== "Open") return false;
    const current = this.#ledger.secrets.latest;
    const next = this.#ledger.rekey(tx);
    issueRecoverySharesOfNext(tx, next, current);
    const sealed: Record<string, tables.SealedLedgerSecret[]> = {};
    for (const [id, node] of tables.nodes(tx).entries()) {
      if (node.status !== "Trusted") continue;
      const encrypted = Buffer.from(encryptTo(node.encryption_pub_key, next.key));
      sealed[id] = [{ encrypted_secret: encrypted.toString("base64"), version: null }];
    }
    tables.ledgerSecretsForNodes(tx).set(sealed);
    return true;
  }

  /** Makes all recovery shares handed out before worthless. */
  triggerRecoverySharesRefresh(tx: Transaction): void {
    shuffleRecoveryShares(tx, this.#ledger.secrets.latest.secret);
  }

  triggerLedgerChunk(tx: Transaction): void {
    this.#ledger.requestChunk(tx);
  }

  triggerSnapshot(tx: Transaction): void {
    this.#ledger.requestSnapshot(tx);
  }

  /** The first sequence number that the present ledger secret is for. */
  latestLedgerSecretSeqno(): number {
    return this.#ledger.secrets.latest.seqno;
  }

  /** A certificate for a node, by the service. @param validFrom as CCF takes times, such as `20250101000000Z` */
  generateEndorsedCertificate(signingRequest: string, validFrom: string, validityDays: number): string {
    requirePem(signingRequest);
    return this.#identity.endorse(signingRequest, validity(validFrom, validityDays));
  }

  /** A new certificate for the service itself. It is in use once it is written to the service's table. */
  generateNetworkCertificate(validFrom: string, validityDays: number): string {
    return this.#identity.renewServiceCertificate(validity(validFrom, validityDays));
  }

  /** @param _metadata of the issuer; plays no part. @returns false if the keys cannot be used */
  setJwtPublicSigningKeys(tx: Transaction, issuer: string, _metadata: unknown, jwks: unknown): boolean {
    return setJwtPublicSigningKeys(tx, issuer, jwks);
  }

  removeJwtPublicSigningKeys(tx: Transaction, issuer: string): void {
    removeJwtPublicSigningKeys(tx, issuer);
  }

  /** Later services vouch for earlier ones in a chain; the first vouches for itself. */
  #endorseOwnIdentity(tx: Transaction, service: tables.ServiceInfo): void {
    const { privateKey } = this.#identity.service;
    const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "der" });
    const begin = service.current_service_create_txid ?? "";
    const endorsement = signCose({
      privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      protectedHeaders: new Map<number | string, unknown>([
        // CWT claims (RFC 9597) with the time of issue
        [15, new Map([[6, Math.floor(Date.now() / 1000)]])],
        ["ccf.v1", new Map([["epoch.start.txid", begin]])],
      ]),
      payload: new Uint8Array(publicKey),
    });
    tables.identityEndorsement(tx).set({
      endorsement: Buffer.from(endorsement).toString("base64"),
      endorsement_epoch_begin: begin,
      endorsing_key: publicKey.toString("base64"),
    });
  }
}

/**
 * Uses the certificates that governance has written: call it after each committed transaction. One that is not for the
 * service's or the node's key is none of theirs; the node goes on with what it has, and members can put it right.
 */
export function adoptCertificates(tx: Transaction, identity: Identity): void {
  const { service, node } = identity;
  const wanted = [
    { name: "service", present: service, stated: tables.serviceInfo(tx).get()?.cert },
    { name: "node", present: node, stated: tables.nodeCertificates(tx).get(node.id) },
  ] as const;
  for (const { name, present, stated } of wanted)
    if (stated !== undefined && stated !== present.certificate && certifies(stated, present.privateKey))
      identity.adopt({ [name]: stated });
}

function certifies(certificatePem: string, privateKey: KeyObject): boolean {
  try {
    return new X509Certificate(certificatePem).checkPrivateKey(privateKey);
  } catch {
    return false; // not even a certificate
  }
}

function validity(validFrom: string, validityDays: number): Validity {
  return { validFrom: parseTime(validFrom), validityDays };
}

function identityMismatch(next: string, current: string): string {
  return (
    "Service identity mismatch: the next service identity in the transition_service_to_open proposal does not match " +
    `the current service identity:\nNext:\n${next}\nCurrent:\n${current}`
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
