// SPDX-License-Identifier: Apache-2.0
// werift, a WebRTC implementation in TypeScript: what is mended in it, so that simple-peer can use it and strangers cannot.

import { MAX_FRAMED_BYTES } from '../../proto/limits.ts';
import { mend, rtc } from './mend.ts';
import type { Rtc } from './rtc.ts';
import { guardWerift } from './werift-guard.ts';
import { prepareKeys } from './werift-keys.ts';

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
  return rtc('werift', mend(Connection), { beginsHandshake: true, missesEarlyHandshake: true });
}
