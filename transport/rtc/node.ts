// SPDX-License-Identifier: Apache-2.0
// The WebRTC implementations for Node, the fastest first.

import { mend, rtc } from './mend.ts';
import type { Rtc } from './rtc.ts';
import { weriftRtc } from './werift.ts';

export { weriftRtc };

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
