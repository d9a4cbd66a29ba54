// SPDX-License-Identifier: Apache-2.0
// Fresh TCP connections of a call: each proves that it is the other end's, the caller chooses one, all others are closed.
//
// Who dialled shows its proof at once; who accepted, to whom strangers come, answers one. On the first connection with the
// callee's proof the caller sends CHOSEN, and both take that one: so both choose the same, whichever way each was made.

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import type { BytePipe } from '../../channel/byte-pipe.ts';
import type { Connection } from '../../channel/connection.ts';
import { framedConnection } from '../../channel/framed.ts';
import { tcpPipe } from '../../channel/tcp.ts';
import type { Clock } from '../../time/clock.ts';
import { MAX_UNPROVED, PROOF_MS } from './limits.ts';
import type { Role } from './notes.ts';

export const PROOF_BYTES = 32;

/**
 * The proof of one end: HMAC-SHA-256 (RFC 2104) under the call's id, which only the suite and the two ends know, over who shows
 * it, so that a stranger who is shown one cannot show it back. Who the peer is, the seal above proves.
 */
export function proofOf(call: string, role: Role): Uint8Array {
  return createHmac('sha256', call).update(`porthole tcp-punch 1 ${role}`).digest();
}

/** Whether these bytes are that proof; takes the same time whatever they are. */
export function isProof(bytes: Uint8Array, call: string, role: Role): boolean {
  return bytes.length === PROOF_BYTES && timingSafeEqual(bytes, proofOf(call, role));
}

/** What the caller sends on the connection it takes. */
const CHOSEN = 1;
/** Of a message in one segment of MAX_SEGMENT_BYTES (transport/nat/sockets/ffi.ts), beside TCP's time stamps and the message's length. */
const PACKET_BYTES = 1200;

export interface ArrivalsOptions {
  readonly call: string;
  readonly role: Role;
  readonly via: string;
  readonly clock: Clock;
  /** Called once: this connection is taken. */
  readonly onChosen: (connection: Connection) => void;
}

export class Arrivals {
  readonly #options: ArrivalsOptions;
  readonly #open = new Set<Arrival>();
  #over = false;

  constructor(options: ArrivalsOptions) {
    this.#options = options;
  }

  /** Connections that are not taken and not closed. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Takes a connected socket that nobody reads yet; it is closed here, or taken.
   * @param how the technique that made it
   */
  take(socket: Socket, origin: 'dialled' | 'accepted', how: string): void {
    if (this.#over || this.#open.size >= MAX_UNPROVED) {
      socket.on('error', () => {});
      socket.resetAndDestroy();
      return;
    }
    const arrival = new Arrival(tcpPipe(socket), {
      ...this.#options,
      origin,
      how,
      onChosen: (connection) => {
        this.#open.delete(arrival);
        this.close();
        this.#options.onChosen(connection);
      },
      onGone: () => this.#open.delete(arrival),
    });
    this.#open.add(arrival);
    arrival.begin();
  }

  /** Closes all that are not taken; later ones are closed as they come. */
  close(): void {
    this.#over = true;
    for (const arrival of this.#open) arrival.drop();
    this.#open.clear();
  }
}

interface ArrivalOptions extends ArrivalsOptions {
  readonly origin: 'dialled' | 'accepted';
  readonly how: string;
  readonly onGone: () => void;
}

/** One connection, until it is taken or dropped. */
class Arrival {
  readonly #pipe: BytePipe;
  readonly #options: ArrivalOptions;
  readonly #head = new Uint8Array(PROOF_BYTES);
  #have = 0;
  #proved = false;
  #over = false;
  #cancelLate: () => void = () => {};

  constructor(pipe: BytePipe, options: ArrivalOptions) {
    this.#pipe = pipe;
    this.#options = options;
  }

  begin(): void {
    const { call, clock, origin, role } = this.#options;
    this.#cancelLate = clock.after(PROOF_MS, () => this.#gone());
    this.#pipe.start({ data: (chunk) => this.#data(chunk), ended: () => this.#gone(), broken: () => this.#gone() });
    if (!this.#over && origin === 'dialled') this.#write(proofOf(call, role));
  }

  drop(): void {
    this.#settle();
    this.#pipe.destroy();
  }

  #data(chunk: Uint8Array): void {
    let rest = chunk;
    if (!this.#proved) {
      const part = rest.subarray(0, PROOF_BYTES - this.#have);
      this.#head.set(part, this.#have);
      this.#have += part.length;
      rest = rest.subarray(part.length);
      if (this.#have < PROOF_BYTES) return;
      // The callee says nothing more before it knows that it is chosen.
      if ((this.#options.role === 'caller' && rest.length > 0) || !this.#prove()) return this.#gone();
    }
    if (!this.#over && rest.length > 0) {
      if (rest[0] === CHOSEN) this.#take(rest.subarray(1));
      else this.#gone();
    }
  }

  #prove(): boolean {
    const { call, origin, role } = this.#options;
    if (!isProof(this.#head, call, role === 'caller' ? 'callee' : 'caller')) return false;
    this.#proved = true;
    this.#cancelLate();
    // A callee may wait long for the caller's choice; what it waits in is closed with the attempt.
    const answer = origin === 'accepted' ? proofOf(call, role) : new Uint8Array(0);
    if (role === 'callee') {
      if (answer.length > 0) this.#write(answer);
      return true;
    }
    this.#write(Uint8Array.of(...answer, CHOSEN));
    this.#take(new Uint8Array(0));
    return true;
  }

  #take(early: Uint8Array): void {
    this.#settle();
    const { via, how, onChosen } = this.#options;
    // Here and now, so that no later event of the pipe is missed.
    onChosen(framedConnection(via, this.#pipe, { early, how, packetBytes: PACKET_BYTES }));
  }

  #write(bytes: Uint8Array): void {
    this.#pipe.write([bytes]);
    this.#pipe.flush();
  }

  #gone(): void {
    if (this.#over) return;
    this.drop();
    this.#options.onGone();
  }

  #settle(): void {
    this.#over = true;
    this.#cancelLate();
  }
}
