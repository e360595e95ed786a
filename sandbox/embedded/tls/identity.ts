import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  endorseSigningRequest,
  keyId,
  makeCertificate,
  makeSigningRequest,
  type Issuer,
} from "./certificates.js";
import { accessing, LedgerError } from "../ledger/errors.js";
import { writePrivateFile } from "./private-files.js";

export interface Validity {
  readonly validFrom: Date;
  readonly validityDays: number;
}

export interface IdentityOptions {
  readonly validFrom: Date;
  readonly serviceValidityDays: number;
  readonly nodeValidityDays: number;
  /** host names and IP addresses under which the node is reached */
  readonly alternativeNames: readonly string[];
}

const files = {
  serviceKey: "service_privk.pem",
  serviceCertificate: "service_cert.pem",
  nodeKey: "node_privk.pem",
  nodeCertificate: "node_cert.pem",
  nodeSelfSigned: "node_self_signed_cert.pem",
  nodeRequest: "node_csr.pem",
} as const;

type State = Record<keyof typeof files, string>;

/**
 * The keys of the service and of its only node, and their certificates: the service signs itself, and endorses the node.
 * They are kept in a folder for the node's user alone; whoever can read it can impersonate the service.
 */
export class Identity {
  readonly #directory: string;
  readonly #state: State;
  readonly #serviceKey: KeyObject;
  readonly #nodeKey: KeyObject;
  /** SHA-256 of the node's public key, in hexadecimal */
  readonly #nodeId: string;

  private constructor(directory: string, state: State) {
    this.#directory = directory;
    this.#state = state;
    this.#serviceKey = createPrivateKey(state.serviceKey);
    this.#nodeKey = createPrivateKey(state.nodeKey);
    this.#nodeId = keyId(this.#nodeKey);
  }

  /** Makes the keys and certificates of a new service, and stores them in `directory`. */
  static create(directory: string, options: IdentityOptions): Identity {
    const { validFrom, alternativeNames } = options;
    const serviceKey = generateKey();
    const nodeKey = generateKey();
    const service = {
      privateKey: serviceKey,
      certificate: certifyService(serviceKey, { validFrom, validityDays: options.serviceValidityDays }),
    };
    const nodeValidity = { validFrom, validityDays: options.nodeValidityDays };
    const nodeRequest = makeSigningRequest({ subject: nodeName, privateKey: nodeKey, alternativeNames });
    const state = {
      serviceKey: pem(serviceKey),
      serviceCertificate: service.certificate,
      nodeKey: pem(nodeKey),
      nodeCertificate: endorseSigningRequest(nodeRequest, { issuer: service, ...nodeValidity }),
      nodeSelfSigned: certifySelf(nodeKey, nodeName, nodeValidity, alternativeNames),
      nodeRequest,
    };
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (const part of parts) writePrivateFile(join(directory, files[part]), state[part]);
    return new Identity(directory, state);
  }

  /** Reads what {@link Identity.create} stored. @throws {LedgerError} if a file of it is missing or damaged */
  static open(directory: string): Identity {
    const read = (part: keyof State) => {
      const path = join(directory, files[part]);
      const text = accessing(`read ${path}`, () => readFileSync(path, "utf8"));
      if (!isPem(text))
        throw new LedgerError(`${path} is damaged: it holds no PEM. Restore the file from a copy`);
      return text;
    };
    return new Identity(directory, {
      serviceKey: read("serviceKey"),
      serviceCertificate: read("serviceCertificate"),
      nodeKey: read("nodeKey"),
      nodeCertificate: read("nodeCertificate"),
      nodeSelfSigned: read("nodeSelfSigned"),
      nodeRequest: read("nodeRequest"),
    });
  }

  /** The service's key and its certificate (PEM). */
  get service(): Issuer {
    return { privateKey: this.#serviceKey, certificate: this.#state.serviceCertificate };
  }

  /** The node's id, key, and certificates (PEM): endorsed by the service, and self-signed. */
  get node(): {
    readonly id: string;
    readonly privateKey: KeyObject;
    readonly certificate: string;
    readonly selfSignedCertificate: string;
    readonly signingRequest: string;
  } {
    return {
      id: this.#nodeId,
      privateKey: this.#nodeKey,
      certificate: this.#state.nodeCertificate,
      selfSignedCertificate: this.#state.nodeSelfSigned,
      signingRequest: this.#state.nodeRequest,
    };
  }

  /** A new certificate of the service for another time; it is in use only once adopted. */
  renewServiceCertificate(validity: Validity): string {
    return certifyService(this.#serviceKey, validity);
  }

  /** A certificate for a node by the service, from the node's signing request. */
  endorse(signingRequest: string, validity: Validity): string {
    return endorseSigningRequest(signingRequest, { issuer: this.service, ...validity });
  }

  /** Uses and stores renewed certificates. */
  adopt(certificates: { readonly service?: string; readonly node?: string }): void {
    if (certificates.service !== undefined) this.#replace("serviceCertificate", certificates.service);
    if (certificates.node !== undefined) this.#replace("nodeCertificate", certificates.node);
  }

  #replace(part: keyof State, value: string): void {
    if (this.#state[part] === value) return;
    writePrivateFile(join(this.#directory, files[part]), value);
    this.#state[part] = value;
  }
}

function isPem(text: string): boolean {
  return /^-----BEGIN ([A-Z ]+)-----\n[\w+/=\n]+-----END \1-----\n$/.test(text);
}

const parts = Object.keys(files) as (keyof State)[];
/** CCF's names for itself in certificates. */
const serviceName = "CCF Network";
const nodeName = "CCF Node";

function certifyService(key: KeyObject, validity: Validity): string {
  return certifySelf(key, serviceName, validity);
}

function certifySelf(
  key: KeyObject,
  subject: string,
  validity: Validity,
  alternativeNames: readonly string[] = [],
): string {
  const publicKey = createPublicKey(key);
  return makeCertificate({ subject, publicKey, issuer: key, authority: true, alternativeNames, ...validity });
}

function generateKey(): KeyObject {
  return generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
}

function pem(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}
