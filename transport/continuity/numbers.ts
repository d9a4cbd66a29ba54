// SPDX-License-Identifier: Apache-2.0
// Numbers of messages: counted without end here, modulo 2^32 on the wire.

const MODULUS = 2 ** 32;

/** A number as it goes over the wire. */
export function toWire(number: number): number {
  return number % MODULUS;
}

/** The number that the wire means: of all that look like it, the one nearest to `near`. */
export function fromWire(wire: number, near: number): number {
  return near + ((wire - toWire(near)) | 0);
}
