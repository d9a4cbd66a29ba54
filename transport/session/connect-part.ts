// SPDX-License-Identifier: Apache-2.0
// The visitor's end of a tunnel: an extended CONNECT (RFC 8441). A page loads this when it first asks for one.

import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { CONNECT } from '../../proto/frames.ts';
import { abortable } from '../time/clock.ts';
import { headersOf } from './http.ts';
import type { Mux } from './mux.ts';
import { type Connecting, pairOf, type Tunnel, TunnelFlow } from './tunnel.ts';

/**
 * Asks for a tunnel on a session, once the host has said that it knows what one is.
 * @throws PortholeError CONNECT_UNSUPPORTED when it does not; what a request fails with; the signal's reason
 */
export async function connect(mux: Mux, asking: Connecting): Promise<Tunnel> {
  const { target, authority = '', headers, protocol, signal } = asking;
  await abortable(Promise.race([mux.answered, mux.closed]), signal ?? undefined);
  if (!mux.speaks(CONNECT) && mux.takes) throw new PortholeError('CONNECT_UNSUPPORTED', 'the host knows no upgraded connections');
  const stream = mux.open({ method: 'CONNECT', target, authority, headers: headersOf(headers), protocol }, false);
  stream.flow = new TunnelFlow(stream.flow, mux.schedule);
  const cancel = (): void => stream.abandon(new PortholeError('CANCELLED'));
  signal?.addEventListener('abort', cancel, { once: true });
  void stream.ending.then(() => signal?.removeEventListener('abort', cancel));
  try {
    const { status, headers: fields } = await stream.response;
    if (status < 200 || status > 599) throw new PortholeError('PROTOCOL_VIOLATED', `not a response: status ${status}`);
    const pair = pairOf(stream, Promise.resolve());
    if (status !== 200) pair.writable.close().catch(() => {}); // nobody would read it
    return { status, headers: new Headers(fields.map(({ name, value }) => [name, value])), ...pair };
  } catch (thrown) {
    if (signal?.aborted) throw signal.reason;
    const error = asPortholeError(thrown);
    stream.abandon(error);
    throw error;
  }
}
