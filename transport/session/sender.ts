// SPDX-License-Identifier: Apache-2.0
// Puts a session's frames onto its connection, and bounds how many wait for room there.

import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { MAX_STREAMS } from '../../proto/limits.ts';
import { encodeDataHead, encodeFrame, type Frame } from '../../proto/site.ts';
import type { SessionConnection } from '../channel/connection.ts';

/**
 * Frames that may wait for room in the connection. Credit bounds content and MAX_STREAMS requests, but not what a peer that
 * reads nothing can make this end say: refusals, answers so short that their streams are over at once.
 */
export const MAX_UNSENT = 4 * MAX_STREAMS;

export class FrameSender {
  /** The connection takes nothing more. */
  mute = false;
  readonly #connection: SessionConnection;
  readonly #abort: (error: PortholeError) => void;

  /** @param abort ends the session: the peer reads nothing of what it asks for */
  constructor(connection: SessionConnection, abort: (error: PortholeError) => void) {
    this.#connection = connection;
    this.#abort = abort;
  }

  /** Sends a frame; one that cannot go out any more is dropped, since the end of the connection is told apart. */
  tell(frame: Frame): void {
    try {
      this.send(encodeFrame(frame));
    } catch {
      // Said above.
    }
  }

  /** @throws PortholeError why the connection takes nothing */
  send(frame: Uint8Array): void {
    this.#give(frame);
    if (this.#connection.unsent > MAX_UNSENT) this.#abort(new PortholeError('PROTOCOL_VIOLATED', 'the other end asks and does not read'));
  }

  /** The same for content, which is not copied. `release`: its memory is the caller's again. */
  sendData(stream: number, content: Uint8Array, end: boolean, release?: () => void): void {
    this.#give(encodeDataHead(stream, content.length, end), content, release);
  }

  #give(head: Uint8Array, content?: Uint8Array, release?: () => void): void {
    try {
      this.#connection.send(head, content, release);
    } catch (error) {
      this.mute = true;
      throw asPortholeError(error, 'PATH_LOST');
    }
  }
}
