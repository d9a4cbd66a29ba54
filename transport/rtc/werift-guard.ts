// SPDX-License-Identifier: Apache-2.0
// Filters packets for werift, which trusts its input: a hostile packet would crash or block the whole process.

import type { RTCPeerConnection } from 'werift';
import { dtlsRecords, judgeSctp } from './datagrams.ts';

/** Addresses of the peer that may speak to one connection. */
export const MAX_SOURCES = 64;
/** Errors of the peer's ICE that are heard: werift repeats what was refused at once, for ever. */
export const MAX_ICE_ERRORS = 16;
/** Bytes of handshake messages in the clear, those sent again among them. */
export const MAX_HANDSHAKE_BYTES = 128 * 1024;
/** Checks of the peer that are kept for later, before anything is known of it. */
export const MAX_EARLY_CHECKS = 256;
/** Chunks out of order that wait for one in between; then only that one is taken, and twice as many are too many. */
export const MAX_WAITING_CHUNKS = 2048;
/** Pieces of messages that wait for their end; a message of ours has about 60. */
export const MAX_PIECES = 4096;
/** Ids of requests that one pair of addresses remembers. */
const MAX_REQUEST_IDS = 1024;

type Address = readonly [host: string, port: number];

/** What is used of werift, where its types do not say it. */
interface Message {
  getAttributeValue(name: 'USERNAME' | 'PRIORITY'): unknown;
}
interface Stun {
  isStunMessage(data: Buffer): boolean;
  parseMessage(data: Buffer, key: Buffer): Message | undefined;
}
interface Protocol {
  datagramReceived(data: Buffer, from: Address): void;
}
interface Ice {
  readonly localUsername: string;
  readonly localPassword: string;
  readonly remotePassword: string;
  readonly checkList: readonly { readonly requestTransactionIds: Set<string> }[];
  ensureProtocol(protocol: Protocol): void;
}
interface Sctp {
  readonly associationState: number;
  readonly localTsn: number;
  readonly sackMisOrdered: ReadonlySet<number>;
  readonly lastReceivedTsn: number | undefined;
  readonly inboundStreams: Readonly<Record<number, { readonly reassembly: readonly unknown[] }>>;
  handleData(packet: Buffer): Promise<void>;
  receive(stream: number, payload: number, data: Buffer): void;
}
interface SctpTransport {
  readonly sctp: Sctp;
  readonly dtlsTransport: { dataReceiver: (packet: Buffer) => void };
  readonly datachannelReceive: (stream: number, payload: number, data: Buffer) => Promise<void>;
}
const ESTABLISHED = 4;

/**
 * Guards a connection that has its channel, and has not gathered yet. What no honest peer sends fails the connection; what
 * strangers send to its port is not heard at all.
 */
export function guardWerift(connection: RTCPeerConnection, stun: Stun): void {
  for (const { dtls, iceTransport } of dtlsOf(connection)) guardIce(iceTransport.connection, stun, dtls);
  const transport = connection.sctpTransport as unknown as SctpTransport | undefined;
  if (transport) guardSctp(transport, () => fail(connection));
}

function dtlsOf(connection: RTCPeerConnection): { dtls: () => boolean; iceTransport: { connection: Ice } }[] {
  return connection.dtlsTransports.map((transport) => ({
    dtls: () => transport.dtls?.connected === true,
    iceTransport: transport.iceTransport as unknown as { connection: Ice },
  }));
}

/** As when its connection breaks. */
function fail(connection: RTCPeerConnection): void {
  const { secureManager } = connection as unknown as { secureManager: { setConnectionState(state: 'failed'): void } };
  secureManager.setConnectionState('failed');
}

function guardIce(ice: Ice, stun: Stun, connected: () => boolean): void {
  const vouched = new Set<string>(); // addresses that have shown that they know a password of this call
  let errors = 0;
  let early = 0;
  let clear = 0;

  /** Whether a STUN message (RFC 8489) may be read; one of the peer's vouches for its address. */
  const hears = (data: Buffer, source: string): boolean => {
    const kind = data.readUInt16BE(0) & 0x0110;
    if (kind === 0x0110) return ++errors <= MAX_ICE_ERRORS;
    if (kind === 0x0010) return false; // an indication: nothing to answer
    const known = vouched.has(source);
    if (!known && vouched.size >= MAX_SOURCES) return false;
    const isRequest = kind === 0;
    const password = isRequest ? ice.localPassword : ice.remotePassword;
    const message = password === '' ? undefined : stun.parseMessage(data, Buffer.from(password));
    if (message && !known) vouched.add(source);
    if (!isRequest) return true; // an answer of a STUN server has no password: werift knows whether it asked
    return message !== undefined && isCheck(message, ice) && (ice.checkList.length > 0 || ++early <= MAX_EARLY_CHECKS);
  };

  const ensure = ice.ensureProtocol.bind(ice);
  ice.ensureProtocol = (protocol) => {
    const receive = protocol.datagramReceived.bind(protocol);
    protocol.datagramReceived = (data, from) => {
      const source = from.join(' ');
      if (stun.isStunMessage(data)) {
        if (hears(data, source)) receive(data, from);
        for (const { requestTransactionIds } of ice.checkList) {
          if (requestTransactionIds.size > MAX_REQUEST_IDS) requestTransactionIds.clear();
        }
        return;
      }
      if (!vouched.has(source)) return;
      const records = dtlsRecords(data, connected());
      clear += records.clear;
      if (records.kept.length > 0 && (records.clear === 0 || clear <= MAX_HANDSHAKE_BYTES)) receive(records.kept, from);
    };
    ensure(protocol);
  };
}

/** A check of the peer names both ends and its own priority (RFC 8445 section 7.2.2). */
function isCheck(message: Message, ice: Ice): boolean {
  const name = message.getAttributeValue('USERNAME');
  return typeof name === 'string' && name.startsWith(`${ice.localUsername}:`) && message.getAttributeValue('PRIORITY') !== undefined;
}

function guardSctp(transport: SctpTransport, broken: () => void): void {
  const { sctp } = transport;
  sctp.receive = (stream, payload, data) => {
    transport.datachannelReceive(stream, payload, data).catch(broken);
  };
  transport.dtlsTransport.dataReceiver = (packet) => {
    const established = sctp.associationState === ESTABLISHED;
    const verdict = judgeSctp(packet, { nextTsn: sctp.localTsn, established });
    if (verdict === 'hostile') return broken();
    if (verdict === 'drop') return;
    if (sctp.sackMisOrdered.size >= MAX_WAITING_CHUNKS && isDataButNot(packet, sctp.lastReceivedTsn ?? 0)) return; // as if lost
    sctp.handleData(packet).catch(broken);
    if (sctp.sackMisOrdered.size > 2 * MAX_WAITING_CHUNKS) return broken();
    for (const { reassembly } of Object.values(sctp.inboundStreams)) if (reassembly.length > MAX_PIECES) return broken();
  };
}

/** Whether a packet begins with data, and not with the piece that all wait for. */
const isDataButNot = (packet: Buffer, last: number): boolean => packet.readUInt8(12) === 0 && packet.readUInt32BE(16) !== (last + 1) >>> 0;
