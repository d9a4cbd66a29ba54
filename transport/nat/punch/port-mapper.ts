// SPDX-License-Identifier: Apache-2.0
// Asks the router for a port: tries every protocol at once, and uses the first router that answers.
//
// By hand: @achingbrain/nat-port-mapper 4.0.5 lets a short datagram of anybody in the network end the process, takes
// milliseconds for seconds, and leaves ports open (its UPnP half deletes by the wrong words). No other is kept.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { PortholeError } from '../../../proto/errors.ts';
import { sleep, systemClock } from '../../time/clock.ts';

/** A port of the router that leads to a local one. */
export interface MappedPort {
  /** The router's outside address, as it says. */
  readonly ip: string;
  readonly port: number;
  /** Closes it again; resolves when the router has, or does not answer. */
  unmap(): Promise<void>;
}

/** Opens a port on the router. Rejects when none does, leaving none open. */
export type MapPort = (localPort: number, signal: AbortSignal) => Promise<MappedPort>;

/**
 * Finds a router that can be asked, and opens nothing. Rejects with PortholeError NO_PATH when none can, STRATEGY_UNFIT when
 * this system does not tell its router, or with the signal's reason.
 */
export type FindRouter = (signal: AbortSignal) => Promise<MapPort>;

/** How long the router keeps a port that nobody closes: a program may be killed before it could, in seconds. */
export const LEASE_S = 600;
/** How long closing may take, in milliseconds. */
export const UNMAP_MS = 1000;

/** Opens a port, and closes it where that fails: the router may have heard us all the same. */
export async function orUnmap<T>(unmap: () => Promise<void>, signal: AbortSignal, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const closed = unmap();
    if (!signal.aborted) await closed; // while there is time, since another way of asking may be next
    throw error;
  }
}

/** The router that packets for everywhere go to, as Linux tells it. @throws PortholeError STRATEGY_UNFIT where it does not */
export async function defaultRouter(): Promise<string> {
  const table = await readFile('/proc/net/route', 'latin1').catch(() => '');
  for (const line of table.split('\n')) {
    const [, destination, gateway = ''] = line.split('\t');
    // Four bytes as the machine's own number: the last one first.
    if (destination === '00000000' && /^(?!0{8})[\dA-F]{8}$/i.test(gateway)) return [...Buffer.from(gateway, 'hex').reverse()].join('.');
  }
  throw new PortholeError('STRATEGY_UNFIT', 'this system does not tell its router');
}

/**
 * Asks in all of these ways. Only the finding is a race: a port that two ways had opened would be closed with the loser.
 * A router that is found and opens nothing gives way to the next.
 */
export function portMapper(ways: readonly FindRouter[]): MapPort {
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

/** The port of the router that is asked (section 3.1), and the words for it (sections 3.2, 3.3). */
const ROUTER_PORT = 5351;
const EXTERNAL_ADDRESS = 0;
const MAP_TCP = 2;
const ANSWER = 128;
/** How long to wait for an answer before asking again, in milliseconds; it doubles (section 3.1). */
const FIRST_WAIT_MS = 250;

/** @param router its address; left out, the one that packets for everywhere go to */
export function natPmp(router: () => Promise<string> = defaultRouter, routerPort = ROUTER_PORT): FindRouter {
  return async (searching) => {
    const to = { ip: await router(), port: routerPort };
    const address = await ask(to, Uint8Array.of(0, EXTERNAL_ADDRESS), 12, searching);
    const ip = [...address.subarray(8, 12)].join('.');
    return async (localPort, signal) => {
      const unmap = async (): Promise<void> => {
        await ask(to, mapRequest(localPort, 0, 0), 16, AbortSignal.timeout(UNMAP_MS)).catch(() => {});
      };
      return orUnmap(unmap, signal, async () => {
        const mapping = await ask(to, mapRequest(localPort, localPort, LEASE_S), 16, signal);
        const port = mapping.readUInt16BE(10);
        if (port === 0 || mapping.readUInt16BE(8) !== localPort)
          throw new PortholeError('NO_PATH', 'the router opened another port than it was asked to');
        return { ip, port, unmap };
      });
    };
  };
}

/** Section 3.3; a lifetime of 0 closes it (section 3.4). */
function mapRequest(localPort: number, outsidePort: number, seconds: number): Uint8Array {
  const request = Buffer.alloc(12);
  request.writeUInt8(MAP_TCP, 1);
  request.writeUInt16BE(localPort, 4);
  request.writeUInt16BE(outsidePort, 6);
  request.writeUInt32BE(seconds, 8);
  return request;
}

/** One question, repeated until the router answers it. @throws PortholeError NO_PATH, or the signal's reason */
async function ask(to: { ip: string; port: number }, request: Uint8Array, bytes: number, signal: AbortSignal): Promise<Buffer> {
  const socket = createSocket('udp4');
  const over = new AbortController();
  try {
    // Connected: the system drops what others send.
    socket.connect(to.port, to.ip);
    await once(socket, 'connect', { signal });
    const answered = new Promise<Buffer>((resolve, reject) => {
      socket.on('message', (answer) => {
        if (answer.length < 4 || answer[0] !== 0 || answer[1] !== ANSWER + (request[1] ?? 0)) return;
        const result = answer.readUInt16BE(2);
        if (result !== 0 || answer.length < bytes)
          reject(new PortholeError('NO_PATH', `the router opens no port on request (NAT-PMP ${result})`));
        else resolve(answer);
      });
      socket.on('error', (cause) => reject(new PortholeError('NO_PATH', 'the router does not know NAT-PMP', { cause })));
    });
    const asking = (async (): Promise<Buffer> => {
      for (let waitMs = FIRST_WAIT_MS; ; waitMs *= 2) {
        socket.send(request);
        await sleep(systemClock, waitMs, AbortSignal.any([signal, over.signal]));
      }
    })();
    return await Promise.race([answered, asking]);
  } finally {
    over.abort();
    socket.on('error', () => {});
    socket.close();
  }
}
