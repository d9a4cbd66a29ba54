// SPDX-License-Identifier: Apache-2.0
// A port of the router on request: every way of asking is tried at once, and the first that finds a router which answers is used.
//
// By hand: @achingbrain/nat-port-mapper 4.0.5 lets a short datagram of anybody in the network end the process, takes
// milliseconds for seconds, and leaves ports open (its UPnP half deletes by the wrong words). No other is kept.

import { PortholeError } from '../../../proto/errors.ts';
import type { FindRouter, MapPort } from './mapped-port.ts';
import { natPmp } from './nat-pmp.ts';
import { upnp } from './upnp.ts';

/**
 * Asks in all of these ways. Only the finding is a race: a port that two ways had opened would be closed with the loser.
 * A router that is found and opens nothing gives way to the next.
 */
export function portMapper(ways: readonly FindRouter[] = [natPmp(), upnp()]): MapPort {
  return async (localPort, signal) => {
    const over = new AbortController();
    const failures: string[] = [];
    const failed = (error: unknown): null => {
      failures.push((error as Error).message);
      return null;
    };
    const searching = AbortSignal.any([signal, over.signal]);
    const searches = new Map(
      ways.map((find, way) => [
        way,
        find(searching).then(
          (mapPort) => ({ way, mapPort }),
          (error) => ({ way, mapPort: failed(error) }),
        ),
      ]),
    );
    try {
      while (searches.size > 0) {
        const { way, mapPort } = await Promise.race(searches.values());
        searches.delete(way);
        const port = await mapPort?.(localPort, signal).catch(failed);
        if (port) return port;
        signal.throwIfAborted();
      }
    } finally {
      over.abort();
    }
    throw new PortholeError('NO_PATH', `no router opens a port on request: ${failures.join('; ')}`);
  };
}
