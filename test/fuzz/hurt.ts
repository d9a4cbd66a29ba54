// SPDX-License-Identifier: Apache-2.0
// Seeded chance, and ways to hurt a message or a list of messages: for the fuzzers.

/** A whole number from 0 to below `most`. */
export type Chance = (most: number) => number;

/** The same numbers for the same seed (mulberry32). */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return (most) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % most;
  };
}

function random(length: number, chance: Chance): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = chance(256);
  return bytes;
}

/** Bytes of `whole` with those from `from` to `to` replaced. */
function replaced(whole: Uint8Array, from: number, to: number, by: Uint8Array): Uint8Array {
  const result = new Uint8Array(from + by.length + whole.length - to);
  result.set(whole.subarray(0, from));
  result.set(by, from);
  result.set(whole.subarray(to), from + by.length);
  return result;
}

/**
 * A message, hurt once or a few times; the original is left as it is.
 * @param others messages to splice parts of
 */
export function hurtBytes(message: Uint8Array, others: readonly Uint8Array[], chance: Chance): Uint8Array {
  let bytes: Uint8Array = new Uint8Array(message);
  for (let times = chance(4) === 0 ? 1 + chance(4) : 1; times > 0; times--) bytes = once(bytes, others, chance);
  return bytes;
}

function once(bytes: Uint8Array, others: readonly Uint8Array[], chance: Chance): Uint8Array {
  const at = chance(bytes.length + 1);
  const length = 1 + chance(chance(3) === 0 ? 400 : 8);
  const end = Math.min(bytes.length, at + length);
  const alien = others[chance(others.length)] as Uint8Array;
  const from = chance(alien.length + 1);
  switch (chance(11)) {
    case 0: // flips a bit
    case 1:
      if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << chance(8));
      return bytes;
    case 2: // sets a byte to one that lengths and signs turn on
      if (at < bytes.length) bytes[at] = [0, 1, 0x7f, 0x80, 0xff, chance(256)][chance(6)] as number;
      return bytes;
    case 3: // cuts the end off
      return bytes.slice(0, at);
    case 4: // cuts something out
      return replaced(bytes, at, end, new Uint8Array(0));
    case 5: // puts something in
      return replaced(bytes, at, at, random(length, chance));
    case 6: // repeats a part
      return replaced(bytes, at, at, bytes.slice(at, end));
    case 7: // writes over a part with another message's
      return replaced(bytes, at, end, alien.slice(from, from + length));
    case 8: // goes on as another message
      return replaced(bytes, at, bytes.length, alien.slice(from));
    case 9: // changes what may be a length
      return replaced(bytes, 0, Math.min(bytes.length, 4), random(4, chance));
    default: // is nothing like it
      return chance(2) === 0 ? new Uint8Array(bytes.length) : random(Math.min(bytes.length, 500), chance);
  }
}

/** A list of messages with one left out, repeated, moved, replaced by an alien, or the rest left out. */
export function hurtList(messages: readonly Uint8Array[], others: readonly Uint8Array[], chance: Chance): Uint8Array[] {
  const list = [...messages];
  const at = chance(list.length);
  const place = chance(list.length);
  const one = list[at] as Uint8Array;
  const alien = others[chance(others.length)] as Uint8Array;
  switch (chance(6)) {
    case 0:
      list.splice(at, 1);
      break;
    case 1:
      list.splice(at, 0, one);
      break;
    case 2:
      list.splice(place, 0, ...list.splice(at, 1));
      break;
    case 3:
      list[at] = alien;
      break;
    case 4:
      list.splice(at, 0, alien);
      break;
    default:
      list.length = at;
  }
  return list;
}
