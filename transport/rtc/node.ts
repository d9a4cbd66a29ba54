// SPDX-License-Identifier: Apache-2.0
// The WebRTC implementations for Node, and what is mended in each so that simple-peer can use it.

import { MAX_FRAMED_BYTES } from '../../proto/limits.ts';
import type { Rtc } from './rtc.ts';

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
  return rtc('node-datachannel', mend(Connection), { beginsHandshake: false, missesEarlyHandshake: true });
}

/** Seconds that werift waits for STUN servers before it makes its offer or answer; what comes later is sent after it. */
const WERIFT_STUN_WAIT_S = 0.3;

/** werift, in TypeScript: runs wherever Node does, about eight times slower. */
export async function weriftRtc(): Promise<Rtc> {
  const { RTCPeerConnection } = await import('werift');
  type Config = ConstructorParameters<typeof RTCPeerConnection>[0];
  type Channel = ReturnType<InstanceType<typeof RTCPeerConnection>['createDataChannel']> & { onbufferedamountlow?: () => void };

  class Connection extends RTCPeerConnection {
    #gathering: Promise<unknown> | undefined;
    constructor(config: Config) {
      super({ ...config, maxMessageSize: MAX_FRAMED_BYTES, iceStunGatherTimeout: WERIFT_STUN_WAIT_S });
    }
    /** It tells of room in the channel in a way of its own. */
    override createDataChannel(label: string, options: { negotiated: boolean; id: number }): Channel {
      const channel: Channel = super.createDataChannel(label, options);
      channel.bufferedAmountLow.subscribe(() => channel.onbufferedamountlow?.());
      return channel;
    }
    override async setLocalDescription(description: never): Promise<never> {
      this.#gathering = super.setLocalDescription(description);
      return (await this.#gathering) as never;
    }
    /** One that is closed while it still gathers would go on with sockets and checks for ever. */
    override async close(): Promise<void> {
      await super.close();
      await this.#gathering?.catch(() => {});
      for (const { connection } of this.iceTransports) {
        await connection.addRemoteCandidate(undefined); // there will be no more: its loop ends
        await connection.close();
      }
      for (const { dtls } of this.dtlsTransports) if (dtls) dtls.dtls.flight = Number.POSITIVE_INFINITY; // nothing is sent again
    }
    /** It has no statistics of the pair in use, without which simple-peer does not believe that it is connected. */
    override getStats(): never {
      const pair = { id: 'pair', type: 'candidate-pair', localCandidateId: 'local', remoteCandidateId: 'remote' };
      const transport = { id: 'transport', type: 'transport', selectedCandidatePairId: pair.id };
      return Promise.resolve(new Map([pair, transport].map((report) => [report.id, report]))) as never;
    }
  }
  return rtc('werift', mend(Connection), { beginsHandshake: true, missesEarlyHandshake: true });
}

interface Mendable {
  createOffer(): Promise<RTCSessionDescriptionInit>;
  createAnswer(): Promise<RTCSessionDescriptionInit>;
  addIceCandidate(candidate: object): Promise<void>;
}
type MendableClass = new (config: object) => Mendable;

/** What both do otherwise than simple-peer expects. */
function mend(Library: MendableClass): MendableClass {
  return class extends Library {
    /** simple-peer writes to the description, which is read-only in theirs. */
    override async createOffer(): Promise<RTCSessionDescriptionInit> {
      const { type, sdp } = await super.createOffer();
      return { type, sdp };
    }
    override async createAnswer(): Promise<RTCSessionDescriptionInit> {
      const { type, sdp } = await super.createAnswer();
      return { type, sdp };
    }
    /** A candidate that is of no use is not the end of the others. */
    override async addIceCandidate(candidate: object): Promise<void> {
      await super.addIceCandidate(candidate).catch(() => {});
    }
  };
}

/** They take descriptions and candidates as plain objects, and their own classes for these differ from the W3C's. */
class Plain {
  constructor(init: object) {
    Object.assign(this, init);
  }
}

function rtc(name: string, Connection: MendableClass, rest: Pick<Rtc, 'beginsHandshake' | 'missesEarlyHandshake'>): Rtc {
  return {
    name,
    RTCPeerConnection: Connection as unknown as typeof RTCPeerConnection,
    RTCSessionDescription: Plain as unknown as typeof RTCSessionDescription,
    RTCIceCandidate: Plain as unknown as typeof RTCIceCandidate,
    resolvesNames: false,
    ...rest,
  };
}
