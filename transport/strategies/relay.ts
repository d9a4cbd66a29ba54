// SPDX-License-Identifier: Apache-2.0
// The relay: both ends join it with their tickets, and it passes bytes. It works wherever both ends can reach the suite.

import { errorFromWire, PortholeError } from '../../proto/errors.ts';
import { decodeMessage, encodeMessage } from '../../proto/rendezvous.ts';
import type { BytePipe } from '../channel/byte-pipe.ts';
import type { Connection } from '../channel/connection.ts';
import { framedConnection } from '../channel/framed.ts';
import { lengthPrefix, Unframer } from '../channel/framing.ts';
import type { RelayOffer, Strategy } from '../strategy/strategy.ts';
import { RELAY, relaySuits } from './descriptions.ts';

/** Opens a byte pipe to the relay, by the carrier that suits the platform. */
export type DialRelay = (offer: RelayOffer, signal: AbortSignal) => Promise<BytePipe>;

/** The relay as a Strategy. */
export function relay(dial: DialRelay): Strategy {
  return {
    ...RELAY,
    suits: relaySuits,
    async attempt(call, signal): Promise<Connection> {
      const offer = call.offers.relay;
      if (!offer) throw new PortholeError('STRATEGY_UNFIT', 'the suite offers no relay');
      return await join(await dial(offer, signal), offer.token, signal);
    },
  };
}

/**
 * Says who we are, and waits until the relay has joined both ends (RENDEZVOUS.md section 6).
 * The pipe is closed when it fails: RELAY_REFUSED, TIMED_OUT, PATH_LOST, or the signal's reason.
 */
function join(pipe: BytePipe, token: string, signal: AbortSignal): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const fail = (reason: Error): void => {
      signal.removeEventListener('abort', stop);
      pipe.destroy();
      reject(reason);
    };
    const stop = (): void => fail(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });

    const unframer = new Unframer();
    let joined = false;
    pipe.start({
      data(chunk) {
        try {
          const rest = unframer.push(chunk, (message) => {
            const { problem } = decodeMessage('RelayAnswer', message);
            if (problem) throw errorFromWire(problem.code, problem.message);
            joined = true;
            return false;
          });
          if (!joined) return;
          signal.removeEventListener('abort', stop);
          // Here and now, so that no later event of the pipe is missed.
          resolve(framedConnection(RELAY.name, pipe, { early: rest }));
        } catch (error) {
          fail(error as Error);
        }
      },
      ended: () => fail(new PortholeError('PATH_LOST', 'the relay hung up')),
      broken: fail,
    });
    const hello = encodeMessage('RelayJoin', { token });
    pipe.write([lengthPrefix(hello.length), hello]);
  });
}
