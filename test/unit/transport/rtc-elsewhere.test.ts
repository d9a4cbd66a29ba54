// SPDX-License-Identifier: Apache-2.0
// WebRTC that is used in one place and made in another: the Connection contract over its ports, and the end of the place.

import assert from 'node:assert/strict';
import type { Connection } from '../../../transport/channel/connection.ts';
import { type PeerPlace, rtcElsewhere } from '../../../transport/rtc/elsewhere.ts';
import { lendPeer } from '../../../transport/rtc/lend.ts';
import { nodeDatachannelRtc } from '../../../transport/rtc/node.ts';
import type { Rtc } from '../../../transport/rtc/rtc.ts';
import { dataChannel } from '../../../transport/strategies/data-channel.ts';
import { connectionContract } from '../../contracts/connection.ts';
import { asked } from '../../support/asked.ts';
import { callOn, lines, openPair } from './data-channel-pair.ts';

/** A window, as far as the connections that are made in it go. */
class Place implements PeerPlace {
  readonly #rtc: Rtc;
  readonly #gone = new Set<() => void>();
  readonly #close: (() => void)[] = [];

  constructor(rtc: Rtc) {
    this.#rtc = rtc;
  }

  make: PeerPlace['make'] = (wanted, peer, channel) => {
    const refused = (): never => {
      throw new Error('this platform transfers no channels');
    };
    this.#close.push(lendPeer(wanted, peer, channel, refused, this.#rtc.RTCPeerConnection));
  };

  onGone(run: () => void): () => void {
    this.#gone.add(run);
    return () => this.#gone.delete(run);
  }

  leave(): void {
    for (const run of [...this.#gone]) run();
    for (const close of this.#close) close();
  }
}

/** The library here, and used from elsewhere. */
async function both(): Promise<{ here: Rtc; elsewhere: Rtc; place: Place }> {
  const here = await nodeDatachannelRtc();
  const place = new Place(here);
  // It is this library's ways that count, and not a browser's.
  const { resolvesNames, beginsHandshake, missesEarlyHandshake } = here;
  return { here, elsewhere: { ...rtcElsewhere(() => place), resolvesNames, beginsHandshake, missesEarlyHandshake }, place };
}

connectionContract('data-channel, made elsewhere', async () => {
  const { here, elsewhere } = await both();
  return { ...(await openPair(elsewhere, here)), cannotPause: true };
});

describe('WebRTC that is made elsewhere', () => {
  const open = async (): Promise<{ a: Connection; b: Connection; place: Place }> => {
    const { here, elsewhere, place } = await both();
    return { ...(await openPair(elsewhere, here)), place };
  };

  it('waits while the channel is full, and goes on when it is told of room', async () => {
    const { a, b } = await open();
    const bytes = 64 * 1024 - 64;
    const sent = (async () => {
      for (let i = 0; i < 100; i++) await a.send(new Uint8Array(bytes).fill(i));
    })();
    let got = 0;
    for (let i = 0; i < 100; i++) {
      const message = await asked(b).receive();
      assert.equal(message?.[0], i);
      got += message?.length ?? 0;
    }
    await sent;
    assert.equal(got, 100 * bytes);
    await Promise.all([a.close(), b.close()]);
  });

  it('breaks with PATH_LOST when its place goes', async () => {
    const { a, b, place } = await open();
    place.leave();
    await assert.rejects(asked(a).receive(), { code: 'PATH_LOST' });
    await assert.rejects(asked(a).send(new Uint8Array(1)), { code: 'PATH_LOST' });
    b.abort(new Error('the test is over'));
  });

  it('cannot be without a place', async () => {
    const [line] = lines();
    const attempt = dataChannel(rtcElsewhere(() => null)).attempt(callOn(line, 'caller'), new AbortController().signal);
    await assert.rejects(attempt, { code: 'STRATEGY_UNFIT' });
  });
});
