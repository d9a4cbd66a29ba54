// SPDX-License-Identifier: Apache-2.0
// What a client may say on a WebSocket, right and wrong, as bytes: by the classes and numbers of Autobahn's case list.

import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';

/** One case. */
export interface SocketCase {
  /** Autobahn's class and number, where it has one, and what it is. */
  readonly name: string;
  /** What is sent, piece by piece; a number is a pause in milliseconds. */
  readonly send: readonly (Uint8Array | number)[];
  /** The app agrees to permessage-deflate (RFC 7692). */
  readonly deflate?: boolean;
}

const [TEXT, BINARY, CLOSE, PING, PONG] = [1, 2, 8, 9, 10];
const FIN = 0x80;

interface FrameOptions {
  readonly fin?: boolean;
  /** The three reserved bits, as a number. */
  readonly rsv?: number;
  readonly masked?: boolean;
  /** Bytes of the length: 0, 2 or 8; the least that will do when left out. */
  readonly lengthBytes?: 0 | 2 | 8;
}

/** A client's frame (RFC 6455 section 5.2). */
export function frame(opcode: number, payload: Uint8Array | string = '', options: FrameOptions = {}): Buffer {
  const { fin = true, rsv = 0, masked = true } = options;
  const bytes = Buffer.from(payload as string);
  const lengthBytes = options.lengthBytes ?? (bytes.length < 126 ? 0 : bytes.length < 65_536 ? 2 : 8);
  const head = Buffer.alloc(2 + lengthBytes);
  head[0] = (fin ? FIN : 0) | (rsv << 4) | opcode;
  head[1] = (masked ? 0x80 : 0) | (lengthBytes === 0 ? bytes.length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) head.writeUInt16BE(bytes.length, 2);
  if (lengthBytes === 8) head.writeBigUInt64BE(BigInt(bytes.length), 2);
  if (!masked) return Buffer.concat([head, bytes]);
  const mask = randomBytes(4);
  for (let at = 0; at < bytes.length; at++) bytes[at] = (bytes[at] as number) ^ (mask[at & 3] as number);
  return Buffer.concat([head, mask, bytes]);
}

/** A close frame. @param code null: without one */
export function close(code: number | null = 1000, reason: Uint8Array | string = ''): Buffer {
  if (code === null) return frame(CLOSE);
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return frame(CLOSE, Buffer.concat([head, Buffer.from(reason as string)]));
}

/** Bytes in pieces of a size. */
function chopped(bytes: Buffer, size: number): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size));
}

/** A message in frames of a size. */
function fragments(opcode: number, payload: Buffer, size: number): Buffer[] {
  const parts = chopped(payload, size);
  return parts.map((part, at) => frame(at === 0 ? opcode : 0, part, { fin: at === parts.length - 1 }));
}

const cases: SocketCase[] = [];
const add = (name: string, ...send: (Uint8Array | number)[]): void => void cases.push({ name, send });
const END = close();

// 1: framing
for (const [number, opcode, of] of [
  ['1.1', TEXT, 'text'],
  ['1.2', BINARY, 'binary'],
] as const) {
  const sizes = [0, 125, 126, 127, 128, 65_535, 65_536];
  for (const [at, size] of sizes.entries()) add(`${number}.${at + 1} ${of} of ${size} bytes`, frame(opcode, '*'.repeat(size)), END);
  add(`${number}.8 ${of} of 65536 bytes in pieces of 997`, ...chopped(frame(opcode, '*'.repeat(65_536)), 997), END);
}
for (const lengthBytes of [2, 8] as const)
  add(`1.3 a length in more bytes than it needs (${lengthBytes})`, frame(TEXT, 'short', { lengthBytes }), END);
add('1.3 a length of 2^63', Buffer.from('81ff800000000000000001020304', 'hex'), END);
add('1.3 a length of 2^53', Buffer.from('82ff002000000000000001020304', 'hex'), END);
for (const opcode of [TEXT, BINARY, PING, CLOSE, 0])
  add(`1.4 a frame that is not masked, opcode ${opcode}`, frame(opcode, '', { masked: false }), END);
add('1.4 all of a message but its mask is there', frame(TEXT, 'hello', { masked: false }), END);

// 2: pings and pongs
add('2.1 ping without payload', frame(PING), END);
add('2.2 ping with text', frame(PING, 'Hello, world!'), END);
add('2.3 ping with bytes', frame(PING, Buffer.from('00fffefdfcfb00ff', 'hex')), END);
add('2.4 ping of 125 bytes', frame(PING, Buffer.alloc(125, 0xfe)), END);
add('2.5 ping of 126 bytes', frame(PING, Buffer.alloc(126, 0xfe)), END);
add('2.6 ping of 125 bytes, byte by byte', ...chopped(frame(PING, Buffer.alloc(125, 0xfe)), 1), END);
add('2.7 pong that nobody asked for', frame(PONG), END);
add('2.8 pong with payload that nobody asked for', frame(PONG, 'unsolicited'), END);
add('2.9 pong, then ping', frame(PONG, 'unsolicited'), frame(PING, 'ping'), END);
const ten = Buffer.concat(Array.from({ length: 10 }, (_, at) => frame(PING, `payload-${at}`)));
add('2.10 ten pings', ten, END);
add('2.11 ten pings, byte by byte', ...chopped(ten, 1), END);

// 3: reserved bits
for (let rsv = 1; rsv <= 7; rsv++) {
  for (const [of, opcode] of [
    ['text', TEXT],
    ['binary', BINARY],
    ['ping', PING],
    ['close', CLOSE],
  ] as const) {
    add(`3.${rsv} ${of} with reserved bits ${rsv}`, frame(opcode, 'x', { rsv }), END);
  }
  add(`3.${rsv} text, then one with reserved bits ${rsv}, then ping`, frame(TEXT, 'good'), frame(TEXT, 'bad', { rsv }), frame(PING), END);
  add(
    `3.${rsv} the same, byte by byte`,
    ...chopped(Buffer.concat([frame(TEXT, 'good'), frame(TEXT, 'bad', { rsv }), frame(PING)]), 1),
    END,
  );
}

// 4: reserved opcodes
for (const [number, opcodes] of [
  ['4.1', [3, 4, 5, 6, 7]],
  ['4.2', [11, 12, 13, 14, 15]],
] as const) {
  for (const opcode of opcodes) {
    add(`${number} opcode ${opcode}`, frame(opcode), END);
    add(`${number} opcode ${opcode} with payload`, frame(opcode, 'reserved'), END);
    add(`${number} text, then opcode ${opcode}, then ping`, frame(TEXT, 'good'), frame(opcode, 'reserved'), frame(PING), END);
    add(
      `${number} opcode ${opcode} after text, byte by byte`,
      ...chopped(Buffer.concat([frame(TEXT, 'good'), frame(opcode, 'x'), frame(PING)]), 1),
      END,
    );
  }
}

// 5: fragments
const half = { fin: false };
add('5.1 ping in two', frame(PING, 'one', half), frame(0, 'two'), END);
add('5.2 pong in two', frame(PONG, 'one', half), frame(0, 'two'), END);
for (const [number, size] of [
  ['5.3', 1e9],
  ['5.4', 1e8],
  ['5.5', 1],
] as const)
  add(
    `${number} text in two, sent in pieces of ${size}`,
    ...chopped(Buffer.concat([frame(TEXT, 'one', half), frame(0, 'two')]), size),
    END,
  );
for (const [number, size] of [
  ['5.6', 1e9],
  ['5.7', 16],
  ['5.8', 1],
] as const) {
  const all = Buffer.concat([frame(TEXT, 'one', half), frame(PING, 'between'), frame(0, 'two')]);
  add(`${number} text in two with a ping between, in pieces of ${size}`, ...chopped(all, size), END);
}
for (const [number, fin, size] of [
  ['5.9', true, 1e9],
  ['5.10', true, 16],
  ['5.11', true, 1],
  ['5.12', false, 1e9],
  ['5.13', false, 16],
  ['5.14', false, 1],
] as const) {
  const all = Buffer.concat([frame(0, 'nothing to continue', { fin }), frame(TEXT, 'text')]);
  add(`${number} a continuation of nothing (fin ${fin}), in pieces of ${size}`, ...chopped(all, size), END);
}
add(
  '5.15 text in two, and a continuation more',
  frame(TEXT, 'one', half),
  frame(0, 'two'),
  frame(0, 'three', half),
  frame(TEXT, 'four'),
  END,
);
add(
  '5.16 continuation, text, continuation, twice',
  ...[1, 2].flatMap(() => [frame(0, 'x', half), frame(TEXT, 'y', half), frame(0, 'z')]),
  END,
);
add('5.17 the same, with ends', ...[1, 2].flatMap(() => [frame(0, 'x'), frame(TEXT, 'y', half), frame(0, 'z')]), END);
add('5.18 text that is not over, and another text', frame(TEXT, 'one', half), frame(TEXT, 'two'), END);
const five = (pause: number): (Uint8Array | number)[] => [
  frame(TEXT, 'one', half),
  frame(0, 'two', half),
  frame(PING, 'first'),
  pause,
  frame(0, 'three', half),
  frame(0, 'four', half),
  frame(PING, 'second'),
  frame(0, 'five'),
];
add('5.19 five fragments with pings between, and a pause', ...five(50), END);
add('5.20 the same without the pause', ...five(0), END);
add(
  '5.21 a hundred empty fragments',
  frame(TEXT, '', half),
  ...Array.from({ length: 100 }, () => frame(0, '', half)),
  frame(0, 'end'),
  END,
);
add('5.22 a close between fragments', frame(TEXT, 'one', half), close(1000, 'between'), frame(0, 'two'));

// 6: UTF-8
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');
add('6.1.1 empty text', frame(TEXT), END);
add('6.1.2 three empty fragments', frame(TEXT, '', half), frame(0, '', half), frame(0), END);
add('6.1.3 the same, and something in the middle', frame(TEXT, '', half), frame(0, 'middle', half), frame(0), END);
const greeting = Buffer.from('Hello-µ@ßöäüàá-UTF-8!!');
add('6.2.1 letters of all lengths', frame(TEXT, greeting), END);
add('6.2.2 the same in two, cut between letters', frame(TEXT, greeting.subarray(0, 12), half), frame(0, greeting.subarray(12)), END);
add('6.2.3 the same in fragments of one byte', ...fragments(TEXT, greeting, 1), END);
add('6.2.4 κόσμε in fragments of one byte', ...fragments(TEXT, Buffer.from('κόσμε'), 1), END);
const broken = hex('cebae1bdb9cf83cebcceb5eda080656469746564');
add('6.3.1 a surrogate within', frame(TEXT, broken), END);
add('6.3.2 the same in fragments of one byte', ...fragments(TEXT, broken, 1), END);
const [good, bad, rest] = [hex('cebae1bdb9cf83cebcceb5'), hex('f4908080'), hex('656469746564')];
add('6.4.1 text that goes wrong in its second fragment', frame(TEXT, good, half), 20, frame(0, bad, half), 20, frame(0, rest), END);
add(
  '6.4.2 the same, a byte later',
  frame(TEXT, Buffer.concat([good, hex('f4')]), half),
  20,
  frame(0, hex('90'), half),
  20,
  frame(0, rest),
  END,
);
const whole = frame(TEXT, Buffer.concat([good, bad, rest]));
add('6.4.3 the same in one frame, sent in pieces', whole.subarray(0, 20), 20, whole.subarray(20, 22), 20, whole.subarray(22), END);
add('6.4.4 the same, byte by byte', ...chopped(whole, 1), END);
const UTF8: Readonly<Record<string, readonly string[]>> = {
  '6.5 valid': ['cebae1bdb9cf83cebcceb5', 'ce ba', 'e1 bd b9'],
  '6.6 cut short': ['ce', 'cebae1', 'cebae1bd', 'cebae1bdb9cf', 'cebae1bdb9cf83ce', 'cebae1bdb9cf83cebcce'],
  '6.7 the first of each length': ['00', 'c280', 'e0a080', 'f0908080'],
  '6.8 the first of five and six bytes': ['f888808080', 'fc8480808080'],
  '6.9 the last of each length': ['7f', 'dfbf', 'efbfbf', 'f48fbfbf'],
  '6.10 beyond the last': ['f7bfbfbf', 'fbbfbfbfbf', 'fdbfbfbfbfbf', 'f4908080'],
  '6.11 at the edges': ['ed9fbf', 'ee8080', 'efbfbd', 'f48fbfbf'],
  '6.12 continuations alone': ['80', 'bf', '80bf', '80bf80', '80bf80bf', '80bf80bf80', '80bf80bf80bf'],
  '6.13 first bytes alone': ['c020c120c220', 'e020e120e220', 'f020f120f220', 'f820f920', 'fc20'],
  '6.14 last byte missing': ['c0', 'e080', 'f08080', 'f8808080', 'fc80808080', 'df', 'efbf', 'f7bfbf', 'fbbfbfbf', 'fdbfbfbfbf'],
  '6.15 several of those': ['c0e080f08080f8808080fc80808080dfefbff7bfbffbbfbfbffdbfbfbfbf'],
  '6.16 impossible bytes': ['fe', 'ff', 'fefeffff'],
  '6.17 longer than needed': ['c0af', 'e080af', 'f08080af', 'f8808080af', 'fc80808080af'],
  '6.18 the longest of those': ['c1bf', 'e09fbf', 'f08fbfbf', 'f887bfbfbf', 'fc83bfbfbfbf'],
  '6.19 zero, longer than needed': ['c080', 'e08080', 'f0808080', 'f880808080', 'fc8080808080'],
  '6.20 surrogates alone': ['eda080', 'edadbf', 'edae80', 'edafbf', 'edb080', 'edbe80', 'edbfbf'],
  '6.21 surrogates in pairs': ['eda080edb080', 'eda080edbfbf', 'edadbfedb080', 'edadbfedbfbf', 'edae80edb080', 'edafbfedbfbf'],
  '6.22 no characters, but UTF-8': ['efbfbe', 'efbfbf', 'f09fbfbe', 'f0afbfbf', 'f3bfbfbf', 'f48fbfbe'],
  '6.23 replacement and its neighbours': ['efbfb9', 'efbfba', 'efbfbb', 'efbfbc', 'efbfbd'],
};
for (const [name, texts] of Object.entries(UTF8)) for (const bytes of texts) add(`${name}: ${bytes}`, frame(TEXT, hex(bytes)), END);

// 7: closing
add('7.1.1 a message, then close', frame(TEXT, 'Hello World!'), END);
add('7.1.2 close twice', END, END);
add('7.1.3 close, then ping', END, frame(PING));
add('7.1.4 close, then text', END, frame(TEXT, 'too late'));
add('7.1.5 a fragment, close, the rest', frame(TEXT, 'one', half), END, frame(0, 'two'));
add('7.1.6 a long message, another, close and ping', frame(TEXT, 'B'.repeat(256 * 1024)), frame(TEXT, 'Hello'), END, frame(PING));
add('7.3.1 close without anything', close(null));
add('7.3.2 close with one byte', frame(CLOSE, 'a'));
add('7.3.3 close with a code', close(1000));
add('7.3.4 close with a reason', close(1000, 'Hello World!'));
add('7.3.5 close with the longest reason', close(1000, '*'.repeat(123)));
add('7.3.6 close with a reason that is too long', frame(CLOSE, Buffer.concat([hex('03e8'), Buffer.alloc(124, '*')])));
add('7.5.1 close with a reason that is no UTF-8', close(1000, broken));
for (const code of [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999])
  add(`7.7 close with ${code}`, close(code));
for (const code of [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]) add(`7.9 close with ${code}`, close(code));
add('7.13 the client leaves without close', frame(TEXT, 'bye'));

// 9: limits
for (const [number, opcode, of] of [
  ['9.1', TEXT, 'text'],
  ['9.2', BINARY, 'binary'],
] as const) {
  for (const [at, size] of [64, 256, 1024, 4096].entries())
    add(`${number}.${at + 1} ${of} of ${size} KiB`, frame(opcode, Buffer.alloc(size * 1024, 0x2a)), END);
  add(`${number}.7 ${of} beyond what the app takes`, frame(opcode, Buffer.alloc(5 * 1024 * 1024, 0x2a)), END);
}
for (const [number, opcode] of [
  ['9.3', TEXT],
  ['9.4', BINARY],
] as const) {
  for (const size of [256, 4096, 65_536])
    add(`${number} 1 MiB in fragments of ${size}`, Buffer.concat(fragments(opcode, Buffer.alloc(2 ** 20, 0x2a), size)), END);
}
for (const [number, opcode] of [
  ['9.5', TEXT],
  ['9.6', BINARY],
] as const) {
  for (const size of [64, 512, 2048])
    add(`${number} 256 KiB in pieces of ${size}`, ...chopped(frame(opcode, Buffer.alloc(2 ** 18, 0x2a)), size), END);
}
for (const [number, opcode] of [
  ['9.7', TEXT],
  ['9.8', BINARY],
] as const) {
  for (const size of [0, 16, 256, 1024])
    add(
      `${number} 500 messages of ${size}`,
      Buffer.concat(Array.from({ length: 500 }, () => frame(opcode, Buffer.alloc(size, 0x2a)))),
      END,
    );
}

// 12, 13: permessage-deflate
const squeezed = (text: string): Buffer => deflateRawSync(text, { finishFlush: 2 }).subarray(0, -4); // Z_SYNC_FLUSH without its tail
const withDeflate = (name: string, ...send: (Uint8Array | number)[]): void => void cases.push({ name, send, deflate: true });
for (const size of [16, 1024, 65_536, 2 ** 20])
  withDeflate(`12.1 compressed text of ${size}`, frame(TEXT, squeezed('ab'.repeat(size / 2)), { rsv: 4 }), END);
withDeflate('12.2 compressed, then plain', frame(TEXT, squeezed('one'), { rsv: 4 }), frame(TEXT, 'two'), END);
withDeflate(
  '12.3 compressed in fragments',
  frame(TEXT, squeezed('one two').subarray(0, 3), { rsv: 4, fin: false }),
  frame(0, squeezed('one two').subarray(3)),
  END,
);
withDeflate('12.4 the bit on a continuation', frame(TEXT, 'one', half), frame(0, 'two', { rsv: 4 }), END);
withDeflate('12.5 the bit on a ping', frame(PING, 'x', { rsv: 4 }), END);
withDeflate('12.6 what is no deflate', frame(TEXT, hex('ffffffff'), { rsv: 4 }), END);
withDeflate('12.7 more than the app takes, in little', frame(BINARY, squeezed('a'.repeat(5 * 1024 * 1024)), { rsv: 4 }), END);
for (const rsv of [1, 2, 3, 5, 6, 7]) withDeflate(`12.8 reserved bits ${rsv}`, frame(TEXT, squeezed('x'), { rsv }), END);

/** All of them. */
export const SOCKET_CASES: readonly SocketCase[] = cases;
