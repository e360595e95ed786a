/** What a TPM states about its PCRs and signs (TPM 2.0 Library, Part 2: Structures). */
export interface TpmQuote {
  /** TPMS_ATTEST, the bytes that are signed. */
  readonly attested: ArrayBuffer;
  /** RSASSA-PKCS1-v1_5 with SHA-256. */
  readonly signature: ArrayBuffer;
  /** What whoever asked for the quote had put into it. */
  readonly extraData: ArrayBuffer;
  /** Which PCRs of which banks are stated. */
  readonly selections: readonly PcrSelection[];
  /** SHA-256 of the stated PCRs, in ascending order. */
  readonly pcrDigest: ArrayBuffer;
}

export interface PcrSelection {
  /** TPM_ALG_ID of the bank. */
  readonly bank: number;
  /** Ascending. */
  readonly indices: readonly number[];
}

/** TPM_ALG_ID (TPM 2.0 Library, Part 2, §6.3). */
const RSASSA = 0x0014;
export const SHA256 = 0x000b;

/** TPM_GENERATED_VALUE: the TPM made this itself, it is nothing that somebody had it sign. */
const GENERATED_BY_TPM = 0xff544347;
/** TPM_ST_ATTEST_QUOTE */
const QUOTE = 0x8018;
/** TPMS_CLOCK_INFO (clock, resets, restarts, whether the clock is safe) and the version of the firmware, in bytes. */
const CLOCK_AND_FIRMWARE = 8 + 4 + 4 + 1 + 8;

/**
 * Reads TPM2B_ATTEST and the TPMT_SIGNATURE that follows; says nothing yet about whether the signature holds.
 *
 * @returns `undefined` for what is no quote, is signed in another way than RSASSA with SHA-256, or has more or fewer bytes
 */
export function readTpmQuote(bytes: ArrayBuffer): TpmQuote | undefined {
  try {
    const reader = new Reader(bytes);
    const attested = reader.sized();
    reader.expect(reader.u16(), RSASSA);
    reader.expect(reader.u16(), SHA256);
    const signature = reader.sized();
    reader.end();
    return { attested, signature, ...readAttested(attested) };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** TPMS_ATTEST (§10.12.12) of a quote. */
function readAttested(bytes: ArrayBuffer): Pick<TpmQuote, "extraData" | "selections" | "pcrDigest"> {
  const reader = new Reader(bytes);
  reader.expect(reader.u32(), GENERATED_BY_TPM);
  reader.expect(reader.u16(), QUOTE);
  reader.sized(); // name of the key that signs: known by its public key instead
  const extraData = reader.sized();
  reader.bytes(CLOCK_AND_FIRMWARE);
  const selections: PcrSelection[] = [];
  for (let left = reader.u32(); left > 0; left--) selections.push(readSelection(reader));
  const pcrDigest = reader.sized();
  reader.end();
  return { extraData, selections, pcrDigest };
}

/** TPMS_PCR_SELECTION (§10.6.2): PCR i is bit i % 8 of byte i / 8. */
function readSelection(reader: Reader): PcrSelection {
  const bank = reader.u16();
  const bitmap = new Uint8Array(reader.bytes(reader.u8()));
  const indices: number[] = [];
  bitmap.forEach((bits, at) => {
    for (let bit = 0; bit < 8; bit++) if ((bits >> bit) & 1) indices.push(8 * at + bit);
  });
  return { bank, indices };
}

/** Reads big-endian numbers and sized fields one after the other. Everything throws a RangeError for what is not there. */
class Reader {
  readonly #bytes: ArrayBuffer;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: ArrayBuffer) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes);
  }

  u8(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#skip(2));
  }

  u32(): number {
    return this.#view.getUint32(this.#skip(4));
  }

  bytes(length: number): ArrayBuffer {
    const from = this.#skip(length);
    return this.#bytes.slice(from, from + length);
  }

  /** A TPM2B: its length in two bytes, then its contents. */
  sized(): ArrayBuffer {
    return this.bytes(this.u16());
  }

  expect(found: number, wanted: number): void {
    if (found !== wanted) throw new RangeError("a value that does not belong here");
  }

  end(): void {
    if (this.#at !== this.#bytes.byteLength) throw new RangeError("bytes after the end");
  }

  #skip(length: number): number {
    const from = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.byteLength) throw new RangeError("a field that is cut off");
    return from;
  }
}
