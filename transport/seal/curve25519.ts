// SPDX-License-Identifier: Apache-2.0
// Converts a public Ed25519 key to X25519, without a library: pages load this first, and a library's curve is large.

/** The field's prime (RFC 7748 section 4.1). */
const P = 2n ** 255n - 19n;
/** The d of Ed25519's curve (RFC 8032 section 5.1): -121665/121666. */
const D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;
const KEY_BYTES = 32;
/** Of y, which 255 bits hold; the last one is the sign of x. */
const Y = 2n ** 255n - 1n;

const mod = (a: bigint): bigint => ((a % P) + P) % P;
const power = (base: bigint, exponent: bigint): bigint => {
  let [result, square] = [1n, base];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
};

/**
 * The X25519 public key of an Ed25519 one (RFC 7748 section 4.1): u = (1 + y) / (1 - y).
 * @param key 32 bytes, y and the sign of x (RFC 8032 section 5.1.3)
 * @throws Error when it is no point of the curve, or has no u
 */
export function toMontgomery(key: Uint8Array): Uint8Array {
  if (key.length !== KEY_BYTES) throw new Error(`an Ed25519 key has ${KEY_BYTES} bytes`);
  const number = key.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const y = number & Y;
  const y2 = mod(y * y);
  const [above, below] = [mod(y2 - 1n), mod(D * y2 + 1n)]; // x² is their ratio
  // By Euler's criterion: there is an x when the product, and so the ratio, is a square.
  if (y >= P || power(mod(above * below), (P - 1n) / 2n) === P - 1n || (above === 0n && number > Y)) {
    throw new Error('no point of the curve');
  }
  if (y === 1n) throw new Error('the neutral point has no u');
  let u = mod((1n + y) * power(mod(1n - y), P - 2n)); // the inverse, by Fermat's little theorem
  return Uint8Array.from({ length: KEY_BYTES }, () => {
    const byte = Number(u & 0xffn);
    u >>= 8n;
    return byte;
  });
}
