/**
 * The fixed secret under which CCF hashes the keys of its tables: two words of 64 bits, as high and low
 * halves.
 * It is no secret in the usual sense; with another one, tables would iterate in another order than CCF's.
 */
const k0High = 0x7720796f;
const k0Low = 0x726c694b;
const k1High = 0x21657265;
const k1Low = 0x68207361;

/**
 * The low 32 bits of SipHash-2-4 of `bytes` under CCF's fixed secret, as a signed integer.
 *
 * The 64-bit words of the algorithm are pairs of 32-bit integers here: BigInt would cost a hundred times as much,
 * and this runs on every access to a key.
 */
export function sipHash(bytes: Uint8Array): number {
  let aHigh = k0High ^ 0x736f6d65;
  let aLow = k0Low ^ 0x70736575;
  let bHigh = k1High ^ 0x646f7261;
  let bLow = k1Low ^ 0x6e646f6d;
  let cHigh = k0High ^ 0x6c796765;
  let cLow = k0Low ^ 0x6e657261;
  let dHigh = k1High ^ 0x74656462;
  let dLow = k1Low ^ 0x79746573;

  const length = bytes.length;
  const words = new DataView(bytes.buffer, bytes.byteOffset, length);
  const wholeBlocks = length >>> 3;
  for (let block = 0; block <= wholeBlocks + 1; block++) {
    let high = 0;
    let low = 0;
    let rounds = 2;
    if (block < wholeBlocks) {
      low = words.getInt32(block << 3, true);
      high = words.getInt32((block << 3) + 4, true);
    } else if (block === wholeBlocks) {
      // The last block holds what is left of the bytes and, in its top byte, their number modulo 256.
      high = length << 24;
      for (let at = wholeBlocks << 3, shift = 0; at < length; at++, shift += 8) {
        if (shift < 32) low |= words.getUint8(at) << shift;
        else high |= words.getUint8(at) << (shift - 32);
      }
    } else {
      cLow ^= 0xff;
      rounds = 4;
    }
    dHigh ^= high;
    dLow ^= low;

    for (let round = 0; round < rounds; round++) {
      let sum = (aLow + bLow) | 0;
      aHigh = (aHigh + bHigh + (sum >>> 0 < aLow >>> 0 ? 1 : 0)) | 0;
      aLow = sum;
      let spare = (bHigh << 13) | (bLow >>> 19);
      bLow = ((bLow << 13) | (bHigh >>> 19)) ^ aLow;
      bHigh = spare ^ aHigh;
      spare = aHigh;
      aHigh = aLow;
      aLow = spare;

      sum = (cLow + dLow) | 0;
      cHigh = (cHigh + dHigh + (sum >>> 0 < cLow >>> 0 ? 1 : 0)) | 0;
      cLow = sum;
      spare = (dHigh << 16) | (dLow >>> 16);
      dLow = ((dLow << 16) | (dHigh >>> 16)) ^ cLow;
      dHigh = spare ^ cHigh;

      sum = (aLow + dLow) | 0;
      aHigh = (aHigh + dHigh + (sum >>> 0 < aLow >>> 0 ? 1 : 0)) | 0;
      aLow = sum;
      spare = (dHigh << 21) | (dLow >>> 11);
      dLow = ((dLow << 21) | (dHigh >>> 11)) ^ aLow;
      dHigh = spare ^ aHigh;

      sum = (cLow + bLow) | 0;
      cHigh = (cHigh + bHigh + (sum >>> 0 < cLow >>> 0 ? 1 : 0)) | 0;
      cLow = sum;
      spare = (bHigh << 17) | (bLow >>> 15);
      bLow = ((bLow << 17) | (bHigh >>> 15)) ^ cLow;
      bHigh = spare ^ cHigh;
      spare = cHigh;
      cHigh = cLow;
      cLow = spare;
    }

    aHigh ^= high;
    aLow ^= low;
  }
  return aLow ^ bLow ^ cLow ^ dLow;
}
