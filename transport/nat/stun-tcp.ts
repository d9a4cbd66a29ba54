// SPDX-License-Identifier: Apache-2.0
// STUN over TCP (RFC 8489 section 6.2.2), from a socket that is connected: where the other end sees it come from.

import type { Socket } from 'node:net';
import { PortholeError } from '../../proto/errors.ts';
import type { SocketAddress } from './profile.ts';
import { bindingQuestion, MAX_STUN_ANSWER_BYTES, readBindingAnswer, STUN_HEADER_BYTES, stunLength } from './stun-client.ts';

/**
 * Asks a STUN server on a connected socket, which stays open; what comes after the answer is left to be read.
 * @param user goes as USERNAME
 * @throws PortholeError FRAME_MALFORMED (no such answer), PATH_LOST, the signal's reason
 */
export function askStun(socket: Socket, signal: AbortSignal, user?: string): Promise<SocketAddress> {
  const { bytes, transaction } = bindingQuestion(user);
  return new Promise((resolve, reject) => {
    let held = Buffer.alloc(0);
    const done = (settle: () => void): void => {
      socket.off('readable', read).off('close', gone).off('end', gone);
      signal.removeEventListener('abort', stop);
      settle();
    };
    const stop = (): void => done(() => reject(signal.reason));
    const gone = (): void => done(() => reject(new PortholeError('PATH_LOST', 'the STUN server ended the connection')));
    const read = (): void => {
      for (let wanted = wantedOf(held); wanted > 0; wanted = wantedOf(held)) {
        const piece: Buffer | null = socket.read(Math.min(wanted, socket.readableLength || 1));
        if (!piece) return;
        held = Buffer.concat([held, piece]);
      }
      const address = readBindingAnswer(held, transaction);
      if (address) done(() => resolve(address));
      else done(() => reject(new PortholeError('FRAME_MALFORMED', 'that is no answer of a STUN server')));
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    socket.on('readable', read).on('close', gone).on('end', gone);
    socket.write(bytes);
    read();
  });
}

/** Bytes that the first message still lacks; none once it is longer than any answer. */
function wantedOf(held: Buffer): number {
  const length = stunLength(held);
  if (length === undefined) return STUN_HEADER_BYTES - held.length;
  return length > MAX_STUN_ANSWER_BYTES ? 0 : length - held.length;
}
