// SPDX-License-Identifier: Apache-2.0
// Tells open portal pages that presence has changed: server-sent events, which a browser takes up again by itself.

import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../transport/time/clock.ts';
import type { Registry } from '../rendezvous/registry.ts';
import type { SuiteLimits } from '../shared/limits.ts';

/** Milliseconds between signs of life, so that no proxy takes a quiet stream for a dead one. */
const HEARTBEAT_MS = 25_000;

/** The streams of one suite. An event says only that something changed; the page then asks for the list it shows. */
export class PresenceStreams {
  readonly #clock: Clock;
  readonly #limits: Pick<SuiteLimits, 'presenceStreams' | 'presenceMs'>;
  readonly #streams = new Set<ServerResponse>();
  readonly #stopListening: () => void;
  #cancelEvent: (() => void) | undefined;
  #cancelHeartbeat: () => void;

  constructor(registry: Registry, clock: Clock, limits: Pick<SuiteLimits, 'presenceStreams' | 'presenceMs'>) {
    this.#clock = clock;
    this.#limits = limits;
    this.#stopListening = registry.onChange(() => this.#changed());
    this.#cancelHeartbeat = clock.after(HEARTBEAT_MS, () => this.#heartbeat());
  }

  get count(): number {
    return this.#streams.size;
  }

  /** Answers a request with a stream of events. */
  open(request: FastifyRequest, reply: FastifyReply): void {
    if (this.#streams.size >= this.#limits.presenceStreams) {
      void reply.code(503).header('Retry-After', '30').type('text/plain; charset=utf-8').send('too many live pages\n');
      return;
    }
    reply.hijack();
    const stream = reply.raw;
    stream.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
      'X-Content-Type-Options': 'nosniff',
    });
    // The page was made before this stream was open; what changed in between is in the list it asks for now.
    stream.write('retry: 1000\nevent: change\ndata:\n\n');
    this.#streams.add(stream);
    request.raw.on('close', () => this.#streams.delete(stream));
    stream.on('close', () => this.#streams.delete(stream));
  }

  close(): void {
    this.#stopListening();
    this.#cancelHeartbeat();
    this.#cancelEvent?.();
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
  }

  #changed(): void {
    this.#cancelEvent ??= this.#clock.after(this.#limits.presenceMs, () => {
      this.#cancelEvent = undefined;
      this.#write('event: change\ndata:\n\n');
    });
  }

  #heartbeat(): void {
    this.#write(':\n\n');
    this.#cancelHeartbeat = this.#clock.after(HEARTBEAT_MS, () => this.#heartbeat());
  }

  #write(text: string): void {
    // A page that does not read has an event waiting already, and one is as good as many.
    for (const stream of this.#streams) if (!stream.writableNeedDrain) stream.write(text);
  }
}
