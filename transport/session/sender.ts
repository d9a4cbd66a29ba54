// SPDX-License-Identifier: Apache-2.0
// Frames onto the connection of a session: bounded in what waits for room there.

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
  /** The connection takes nothing more; the receiving loop will learn why. */
  mute = false;
  readonly #connection: SessionConnection;
  readonly #abort: (error: PortholeError) => void;
  #unsent = 0;

  /** @param abort ends the session: the peer reads nothing of what it asks for */
  constructor(connection: SessionConnection, abort: (error: PortholeError) => void) {
    this.#connection = connection;
    this.#abort = abort;
  }

  /** Sends a frame of the session itself; a connection that breaks shows in the receiving loop. */
  tell(frame: Frame): void {
    this.send(encodeFrame(frame)).catch(() => {});
  }

  /** Resolves when there is room for the next; rejects with why the connection takes nothing. */
  async send(frame: Uint8Array): Promise<void> {
    if (++this.#unsent > MAX_UNSENT) this.#abort(new PortholeError('PROTOCOL_VIOLATED', 'the other end asks and does not read'));
    try {
      await this.#connection.send(frame);
    } catch (error) {
      this.mute = true;
      throw asPortholeError(error, 'PATH_LOST');
    } finally {
      this.#unsent--;
    }
  }

  /** The same for content, which is not copied. `release`: its memory is the caller's again. */
  async sendData(stream: number, content: Uint8Array, end: boolean, release?: () => void): Promise<void> {
    try {
      await this.#connection.sendPieces(encodeDataHead(stream, content.length, end), content, release);
    } catch (error) {
      throw asPortholeError(error, 'PATH_LOST');
    }
  }
}
