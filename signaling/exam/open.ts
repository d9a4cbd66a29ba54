// SPDX-License-Identifier: Apache-2.0
// What the suite offers ends for examining their networks: STUN over TCP and UDP on its addresses.

import type { SocketAddress } from '../../transport/nat/profile.ts';
import { openSockets } from '../../transport/nat/sockets/ffi.ts';
import type { Caller } from '../shared/caller.ts';
import type { SuiteLimits } from '../shared/limits.ts';
import type { Rates } from '../shared/rates.ts';
import { openStun, type StunOptions } from '../stun/stun-server.ts';
import { told } from './addresses.ts';
import { Examiner } from './examiner.ts';
import { ProbePorts } from './probe-ports.ts';

/** UDP ports on each address: the mapping of two is compared. */
const UDP_PORTS = 2;

export interface ExamsOptions {
  /** Where; the first has a STUN responder at `stunPort` already. */
  readonly addresses: readonly string[];
  /** The port of that responder. */
  readonly stunPort: number;
  /** The first port asked for; 0: free ones. */
  readonly port: number;
  readonly rates: Rates;
  readonly limits: SuiteLimits;
  readonly onRequest?: StunOptions['onRequest'];
  readonly onError: StunOptions['onError'];
}

export interface Exams {
  /** Where this caller finds STUN. */
  stunFor(caller: Pick<Caller, 'ip' | 'reached'>): { tcp: readonly SocketAddress[]; udp: readonly SocketAddress[] };
  readonly examiner: Examiner;
  close(): Promise<void>;
}

/**
 * Opens them.
 * @throws PortholeError PORT_IN_USE, PORT_FORBIDDEN, CONFIG_INVALID
 */
export async function openExams(options: ExamsOptions): Promise<Exams> {
  const { addresses, stunPort, port, rates, limits, onRequest, onError } = options;
  const opened: { close(): Promise<void> }[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.splice(0).map((one) => one.close()));
  };
  try {
    let places: readonly SocketAddress[] = [];
    const examiner = new Examiner({ sockets: await openSockets(), addresses, probePorts: () => places, rates, limits });
    const ports = await ProbePorts.open({
      ...{ addresses, port, rates, limits, onRequest },
      onSeen: (seen) => examiner.seen(seen),
      onToken: (token, from) => void examiner.token(token, from),
    });
    places = ports.addresses;
    opened.push(ports, { close: async () => examiner.close() });
    const udp: SocketAddress[] = [{ ip: addresses[0] ?? '', port: stunPort }];
    for (const address of addresses) {
      for (let nth = udp.some(({ ip }) => ip === address) ? 1 : 0; nth < UDP_PORTS; nth++) {
        const server = await openStun({ address, port: port === 0 ? 0 : port + nth, rates, onRequest, onError });
        opened.push(server);
        udp.push({ ip: address, port: server.port });
      }
    }
    return { stunFor: (caller) => ({ tcp: told(ports.addresses, caller), udp: told(udp, caller) }), examiner, close };
  } catch (error) {
    await close();
    throw error;
  }
}
