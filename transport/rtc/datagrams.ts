// SPDX-License-Identifier: Apache-2.0
// Which of a peer's datagrams may reach a WebRTC library that trusts its input: checks DTLS records and SCTP packets first.

/** Bytes of one handshake message of DTLS. A certificate of ours has about 400. */
export const MAX_HANDSHAKE_MESSAGE_BYTES = 16 * 1024;
/** Entries of an SCTP packet that are read: chunks, and the parameters of all of them. */
const MAX_SCTP_ENTRIES = 256;

const DTLS_HEADER_BYTES = 13;
const HANDSHAKE_HEADER_BYTES = 12;
const HANDSHAKE = 22;

/** What is left of a datagram, and how many bytes of it are handshake messages in the clear. */
export interface Records {
  readonly kept: Buffer;
  readonly clear: number;
}

/**
 * The DTLS records of a datagram (RFC 6347 section 4.1) that are whole and make sense: unknown types, alerts and content in
 * the clear, and anything in the clear once the handshake is over are left out, for anybody could have written them.
 */
export function dtlsRecords(data: Buffer, connected: boolean): Records {
  const kept: Buffer[] = [];
  let clear = 0;
  for (let at = 0; at + DTLS_HEADER_BYTES <= data.length; ) {
    const [type, major, length] = [data.readUInt8(at), data.readUInt8(at + 1), data.readUInt16BE(at + 11)];
    const end = at + DTLS_HEADER_BYTES + length;
    if (type < 20 || type > 23 || major !== 254 || end > data.length) break;
    const record = data.subarray(at, end);
    at = end;
    if (record.readUInt16BE(3) > 0) kept.push(record);
    else if (!connected && (type === 20 || (type === HANDSHAKE && isHandshake(record)))) {
      kept.push(record);
      if (type === HANDSHAKE) clear += record.length;
    }
  }
  return { kept: kept.length === 1 ? (kept[0] as Buffer) : Buffer.concat(kept), clear };
}

/** Whether a record in the clear is filled with parts of handshake messages of a bearable length (RFC 6347 section 4.2.2). */
function isHandshake(record: Buffer): boolean {
  let at = DTLS_HEADER_BYTES;
  while (at + HANDSHAKE_HEADER_BYTES <= record.length) {
    const [whole, offset, length] = [record.readUIntBE(at + 1, 3), record.readUIntBE(at + 6, 3), record.readUIntBE(at + 9, 3)];
    if (whole > MAX_HANDSHAKE_MESSAGE_BYTES || offset + length > whole) return false;
    at += HANDSHAKE_HEADER_BYTES + length;
  }
  return at === record.length;
}

/** What an SCTP packet may say at this moment. */
export interface SctpState {
  /** The number of our next chunk: a peer cannot have seen it, or one after it. */
  readonly nextTsn: number;
  readonly established: boolean;
}

/** Fine; of no use, and left alone; or such as no honest peer sends. */
export type SctpVerdict = 'pass' | 'drop' | 'hostile';

/** The least bytes that the body of a chunk has, by its type (RFC 9260 section 3.3, RFC 6525). Other types are not known. */
const BODY_BYTES: Readonly<Record<number, number>> = {
  0: 13, // DATA, which is never empty
  1: 16,
  2: 16,
  3: 12, // SACK
  4: 0,
  5: 0,
  6: 0,
  7: 4,
  8: 0,
  9: 0,
  10: 4,
  11: 0,
  14: 0,
  130: 0, // RE-CONFIG
};
/** Where the parameters of a chunk begin, in those that have some. */
const PARAMETERS_AT: Readonly<Record<number, number>> = { 1: 16, 2: 16, 4: 0, 5: 0, 6: 0, 9: 0, 130: 0 };
const [DATA, INIT, SACK, RECONFIG] = [0, 1, 3, 130] as const;
/** The one channel's stream, and what its messages may be: text and bytes, empty ones too (RFC 8831 section 8). */
const STREAM = 0;
const PAYLOADS: readonly number[] = [51, 53, 56, 57];

/** Looks an SCTP packet (RFC 9260 section 3) of the peer over, before it is parsed. The checksum is left to the parser. */
export function judgeSctp(packet: Buffer, state: SctpState): SctpVerdict {
  if (packet.length < 16) return 'hostile';
  let entries = 0;
  for (let at = 12; at + 4 <= packet.length; ) {
    const [type, length] = [packet.readUInt8(at), packet.readUInt16BE(at + 2)];
    if (length < 4 || at + length > packet.length || ++entries > MAX_SCTP_ENTRIES) return 'hostile';
    const body = packet.subarray(at + 4, at + length);
    const least = BODY_BYTES[type];
    if (least === undefined) return 'drop';
    if (body.length < least) return 'hostile';
    if (type === INIT && state.established) return 'drop'; // sent again, and late
    if (type === DATA && !isOurs(body)) return 'hostile';
    if (type === SACK && !isSack(body, state.nextTsn)) return 'hostile';
    const parameters = PARAMETERS_AT[type];
    if (parameters !== undefined) {
      const count = countParameters(body.subarray(parameters), type);
      if (count < 0) return 'hostile';
      entries += count;
    }
    at += padded(length);
  }
  return 'pass';
}

const padded = (length: number): number => (length + 3) & ~3;

const isOurs = (body: Buffer): boolean => body.readUInt16BE(4) === STREAM && PAYLOADS.includes(body.readUInt32BE(8));

/** Whether it acknowledges only what was sent, and its gaps are in order (RFC 9260 section 3.3.4). */
function isSack(body: Buffer, nextTsn: number): boolean {
  const outstanding = (nextTsn - 1 - body.readUInt32BE(0)) >>> 0; // or more, when it comes late
  const [gaps, duplicates] = [body.readUInt16BE(8), body.readUInt16BE(10)];
  if (outstanding > 0x7fff_ffff || body.length < 12 + 4 * (gaps + duplicates)) return false;
  let last = 0;
  for (let at = 12; at < 12 + 4 * gaps; at += 4) {
    const [start, end] = [body.readUInt16BE(at), body.readUInt16BE(at + 2)];
    if (start <= last || end < start || end > outstanding) return false;
    last = end;
  }
  return true;
}

/** How many parameters there are (RFC 9260 section 3.2.1); -1 when one is broken. */
function countParameters(body: Buffer, chunk: number): number {
  let count = 0;
  for (let at = 0; at + 4 <= body.length; count++) {
    const [type, length] = [body.readUInt16BE(at), body.readUInt16BE(at + 2)];
    if (length < 4 || at + length > body.length) return -1;
    if (chunk === RECONFIG && !isReconfiguration(type, length - 4)) return -1;
    at += padded(length);
  }
  return count;
}

/** The lengths of what asks for a new configuration (RFC 6525 section 4): streams that end, an answer, more streams. */
function isReconfiguration(type: number, length: number): boolean {
  if (type === 13) return length >= 12 && length % 2 === 0;
  return (type !== 16 && type !== 17) || length >= 8;
}
