// SPDX-License-Identifier: Apache-2.0
// X25519, and the way from an Ed25519 key to it, on noble's field and ladder alone: the rest of its curve is long to load.

import { invert, mod, pow } from '@noble/curves/abstract/modular.js';
import { type MontgomeryECDH, montgomery } from '@noble/curves/abstract/montgomery.js';
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js';

/** The field's prime (RFC 7748 section 4.1). */
const P = 2n ** 255n - 19n;
/** The d of Ed25519's curve (RFC 8032 section 5.1): -121665/121666. */
const D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;
const KEY_BYTES = 32;

/** X25519 (RFC 7748 section 5), by the ladder: no tables, which take longer to make than a page's few keys. */
export const x25519: MontgomeryECDH = /* @__PURE__ */ montgomery({
  P,
  type: 'x25519',
  powPminus2: (x) => pow(x, P - 2n, P),
  adjustScalarBytes(bytes: Uint8Array): Uint8Array {
    bytes[0] = (bytes[0] as number) & 0xf8;
    bytes[31] = ((bytes[31] as number) & 0x7f) | 0x40;
    return bytes;
  },
});

/**
 * The X25519 public key of an Ed25519 one (RFC 7748 section 4.1): u = (1 + y) / (1 - y).
 * @param key 32 bytes, y and the sign of x (RFC 8032 section 5.1.3)
 * @throws Error when it is no point of the curve, or has no u
 */
export function toMontgomery(key: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(key);
  const last = bytes[KEY_BYTES - 1];
  if (bytes.length !== KEY_BYTES || last === undefined) throw new Error(`an Ed25519 key has ${KEY_BYTES} bytes`);
  bytes[KEY_BYTES - 1] = last & 0x7f;
  const y = bytesToNumberLE(bytes);
  const y2 = mod(y * y, P);
  const [above, below] = [mod(y2 - 1n, P), mod(D * y2 + 1n, P)]; // x² is their ratio
  // By Euler's criterion: there is an x when the product, and so the ratio, is a square.
  if (y >= P || pow(mod(above * below, P), (P - 1n) / 2n, P) === P - 1n || (above === 0n && last > 0x7f)) {
    throw new Error('no point of the curve');
  }
  return numberToBytesLE(mod((1n + y) * invert(mod(1n - y, P), P), P), KEY_BYTES);
}
