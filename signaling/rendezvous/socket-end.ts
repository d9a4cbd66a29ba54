// SPDX-License-Identifier: Apache-2.0
// An End on a Socket.IO socket: bounded in what waits for it, handling one event at a time.

import { randomBytes } from 'node:crypto';
import type { Socket } from 'socket.io';
import type { PortholeError } from '../../proto/errors.ts';
import { encodeMessage, type MessageName, type Nat } from '../../proto/rendezvous.ts';
import type { SocketAddress } from '../../transport/nat/profile.ts';
import type { Caller } from '../shared/caller.ts';
import type { End, Fields } from '../shared/end.ts';

/** One rendezvous connection. */
export class SocketEnd implements End {
  readonly nonce = new Uint8Array(randomBytes(32));
  readonly caller: Caller;
  readonly socket: Socket;
  nat: Nat | null = null;
  other: SocketAddress | null = null;
  readonly #queuedMost: number;
  readonly #onFault: (fault: unknown) => void;
  #queued = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(socket: Socket, caller: Caller, queuedMost: number, onFault: (fault: unknown) => void) {
    this.socket = socket;
    this.caller = caller;
    this.#onFault = onFault;
    this.#queuedMost = queuedMost;
    socket.conn.on('drain', () => {
      this.#queued = 0;
    });
  }

  get id(): string {
    return this.socket.id;
  }

  get here(): boolean {
    return this.socket.connected;
  }

  send<K extends MessageName>(name: K, fields: Fields<K>): void {
    const bytes = encodeMessage(name, fields);
    this.#queued += bytes.length;
    this.socket.emit(name.toLowerCase(), bytes);
    // An end that does not read must not make the suite remember without bound what it is told; nor will it read a goodbye.
    if (this.#queued > this.#queuedMost) this.socket.request.socket.destroy();
  }

  dismiss(problem: PortholeError): void {
    this.send('Problem', { code: problem.code, message: problem.message });
    this.socket.disconnect(true);
  }

  /** Runs what an event asks for once what came before it is done: limiters answer later, and notes keep their order. */
  inTurn(task: () => Promise<void>): void {
    this.#turn = this.#turn
      .then(async () => {
        if (this.here) await task();
      })
      .catch(this.#onFault);
  }
}
