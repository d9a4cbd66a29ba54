// SPDX-License-Identifier: Apache-2.0
// The WebRTC implementations for Node, the fastest first, with the repairs that simple-peer needs.

import { createSecretKey, type KeyObject } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { isIP } from 'node:net';
import { devNull } from 'node:os';
import type { RTCPeerConnection as WeriftConnection } from 'werift';
import { MAX_FRAMED_BYTES } from '../../proto/limits.ts';
import { type Rtc, rtcOf } from './rtc.ts';
import { guardWerift } from './werift-guard.ts';

/** The fastest implementation that is installed: node-datachannel (optional, native), else werift. */
export async function nodeRtc(): Promise<Rtc> {
  try {
    return await nodeDatachannelRtc();
  } catch {
    return await weriftRtc(); // not installed, or not built for this platform
  }
}

/**
 * libdatachannel, through node-datachannel's W3C interface.
 * @throws what the import throws where it is not installed
 */
export async function nodeDatachannelRtc(): Promise<Rtc> {
  const [{ PeerConnection }, { RTCPeerConnection }] = await Promise.all([import('node-datachannel'), import('node-datachannel/polyfill')]);
  class Connection extends RTCPeerConnection {
    readonly #native: InstanceType<typeof PeerConnection>;
    /** Left to itself it makes an offer as soon as it has a channel, at the end that is to answer too. */
    constructor(config: RTCConfiguration) {
      const iceServers = (config.iceServers ?? []).flatMap(({ urls }) => urls);
      const native = new PeerConnection('porthole', { iceServers, disableAutoNegotiation: true });
      super({ ...config, peerConnection: native });
      this.#native = native;
    }
    override createOffer(): Promise<RTCSessionDescriptionInit> {
      this.#native.setLocalDescription('offer');
      return super.createOffer();
    }
    override createAnswer(): Promise<RTCSessionDescriptionInit> {
      this.#native.setLocalDescription('answer');
      return super.createAnswer();
    }
    /** One that fails is closed at once, and by the time its event comes that is all it says: simple-peer waits for "failed". */
    override get connectionState(): RTCPeerConnectionState {
      const state = super.connectionState;
      return state === 'closed' ? 'failed' : state;
    }
  }
  return rtcOf('node-datachannel', mend(Connection), { resolvesNames: false, beginsHandshake: false, missesEarlyHandshake: true });
}

/** Seconds that werift waits for STUN servers before it makes its offer or answer; what comes later is sent after it. */
const WERIFT_STUN_WAIT_S = 0.3;

/** werift, in TypeScript: runs wherever Node does, about eight times slower. */
export async function weriftRtc(): Promise<Rtc> {
  const { RTCPeerConnection, isStunMessage, parseMessage } = await import('werift');
  type Config = ConstructorParameters<typeof RTCPeerConnection>[0];
  type Channel = ReturnType<InstanceType<typeof RTCPeerConnection>['createDataChannel']> & { onbufferedamountlow?: () => void };

  class Connection extends RTCPeerConnection {
    #gathering: Promise<unknown> | undefined;
    constructor(config: Config) {
      super({ ...config, maxMessageSize: MAX_FRAMED_BYTES, iceStunGatherTimeout: WERIFT_STUN_WAIT_S });
    }
    /** It tells of room in the channel in a way of its own. What carries the channel is there now, and does not run yet. */
    override createDataChannel(label: string, options: { negotiated: boolean; id: number }): Channel {
      const channel: Channel = super.createDataChannel(label, options);
      channel.bufferedAmountLow.subscribe(() => channel.onbufferedamountlow?.());
      guardWerift(this, { isStunMessage, parseMessage });
      prepareKeys(this);
      return channel;
    }
    override async setLocalDescription(description: never): Promise<never> {
      this.#gathering = super.setLocalDescription(description);
      return (await this.#gathering) as never;
    }
    /** Nobody waits for this, or hears how it fails. */
    override async close(): Promise<void> {
      await this.#end().catch(() => {});
    }
    /** Closed while it opens, it would go on for half a minute or for ever: with sockets, checks, handshake messages sent again. */
    async #end(): Promise<void> {
      await super.close();
      await this.#gathering?.catch(() => {});
      for (const { connection } of this.iceTransports) {
        await connection.addRemoteCandidate(undefined); // there will be no more: its loop ends
        await connection.close();
      }
      for (const { dtls } of this.dtlsTransports) {
        if (dtls) Object.defineProperty(dtls.dtls, 'flight', { get: () => Number.POSITIVE_INFINITY, set: () => {} }); // all is answered
      }
    }
    /** It has no statistics of the pair in use, without which simple-peer does not believe that it is connected. */
    override getStats(): never {
      const pair = { id: 'pair', type: 'candidate-pair', localCandidateId: 'local', remoteCandidateId: 'remote' };
      const transport = { id: 'transport', type: 'transport', selectedCandidatePairId: pair.id };
      return Promise.resolve(new Map([pair, transport].map((report) => [report.id, report]))) as never;
    }
  }
  return rtcOf('werift', mend(Connection), { resolvesNames: false, beginsHandshake: true, missesEarlyHandshake: true });
}

/** What is used of werift's cipher (its AEADCipher), where its types do not say it. */
interface Cipher {
  clientWriteKey?: Buffer | KeyObject;
  serverWriteKey?: Buffer | KeyObject;
}

/**
 * Turns the keys of a connection's DTLS session into KeyObjects, once they are agreed. Werift gives Node plain bytes with each
 * record, and Node 24 takes longer to find out that they are bytes than to encrypt the record with them: 13 µs of 18.
 */
export function prepareKeys(connection: WeriftConnection): void {
  for (const transport of connection.dtlsTransports) {
    transport.onStateChange.subscribe((state) => {
      if (state !== 'connected') return;
      const cipher = transport.dtls?.cipher.cipher as unknown as Cipher | undefined;
      for (const name of ['clientWriteKey', 'serverWriteKey'] as const) {
        const key = cipher?.[name];
        if (cipher && Buffer.isBuffer(key)) cipher[name] = createSecretKey(key);
      }
    });
  }
}

interface Mendable {
  createOffer(): Promise<RTCSessionDescriptionInit>;
  createAnswer(): Promise<RTCSessionDescriptionInit>;
  addIceCandidate(candidate: { candidate?: string }): Promise<void>;
}
type MendableClass = new (config: object) => Mendable;

/** The library's class, as simple-peer expects it. */
export function mend(Library: MendableClass): MendableClass {
  return class extends Library {
    constructor(config: object) {
      demandSpare();
      super(config);
    }
    /** simple-peer writes to the description, which is read-only in theirs. */
    override async createOffer(): Promise<RTCSessionDescriptionInit> {
      demandSpare(); // from here on it opens its sockets
      const { type, sdp } = await super.createOffer();
      return { type, sdp };
    }
    override async createAnswer(): Promise<RTCSessionDescriptionInit> {
      demandSpare();
      const { type, sdp } = await super.createAnswer();
      return { type, sdp };
    }
    /** A candidate that is of no use is not the end of the others. None is looked up: a name would be, in more ways than one. */
    override async addIceCandidate(candidate: { candidate?: string }): Promise<void> {
      const address = candidate.candidate?.split(' ')[4] ?? '';
      if (isIP(address) !== 0) await super.addIceCandidate(candidate).catch(() => {});
    }
  };
}

/** What a peer connection opens, and those that are begun beside it. */
export const SPARE_DESCRIPTORS = 16;

/** @throws Error, with the system's own as its cause, when there are not SPARE_DESCRIPTORS left */
export function demandSpare(): void {
  const open: number[] = [];
  try {
    while (open.length < SPARE_DESCRIPTORS) open.push(openSync(devNull, 'r'));
  } catch (cause) {
    throw new Error(`a data channel needs ${SPARE_DESCRIPTORS} descriptors: ${(cause as Error).message}`, { cause });
  } finally {
    for (const fd of open) closeSync(fd);
  }
}
