// SPDX-License-Identifier: Apache-2.0
// The requests of a visit: each goes over the current session, waits if there is none, and is repeated if that is safe.

import { PortholeError } from '../../proto/errors.ts';
import type { Asking } from '../../transport/session/http.ts';
import type { Connecting, Tunnel } from '../../transport/session/tunnel.ts';
import { isUntaken } from '../../transport/session/untaken.ts';
import type { Session } from '../../transport/session/visitor.ts';
import { abortable, type Clock } from '../../transport/time/clock.ts';

/** How long a fetch waits for a path before it fails with what stands in the way, in milliseconds. */
export const PATIENCE_MS = 20_000;
/** How often a request that no answer came to is asked again when its path broke. */
const MAX_TRIES = 5;
/** Errors no waiting mends. */
export const FINAL: ReadonlySet<string> = new Set([
  'LINK_INVALID',
  'SITE_UNKNOWN',
  'NOT_ALLOWED',
  'VERSION_UNSUPPORTED',
  'KEY_WRONG',
  'PASSWORD_NEEDED',
  'PASSWORD_WRONG',
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
]);
/** Errors of the path, not of the request. */
export const OF_THE_PATH: ReadonlySet<string> = new Set(['PATH_LOST', 'PATH_SILENT', 'SESSION_LOST', 'SESSION_CLOSED']);
/** Methods that ask for nothing to be done (RFC 9110 section 9.2.1). */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

export interface VisitRequestsOptions {
  readonly clock: Clock;
  readonly patienceMs: number | undefined;
  /** What stands in the way of a path now. */
  readonly obstacle: () => PortholeError;
}

export class VisitRequests {
  readonly #options: VisitRequestsOptions;
  #session: Session | null = null; // while it takes requests
  #waiting: { resolve(session: Session): void; reject(error: Error): void }[] = [];
  #over: PortholeError | null = null;

  constructor(options: VisitRequestsOptions) {
    this.#options = options;
  }

  /** Those that wait, or whose answers have not come whole. */
  get size(): number {
    return this.#waiting.length + (this.#session?.streams ?? 0);
  }

  fetch(request: Asking): Promise<Response> {
    const mayAskAgain = SAFE_METHODS.has(request.method) && !request.body;
    return this.#ask(request, mayAskAgain, (session) => session.fetch(request));
  }

  connect(request: Connecting): Promise<Tunnel> {
    return this.#ask(request, false, (session) => session.connect(request));
  }

  async #ask<T>(request: Pick<Asking, 'signal' | 'body'>, mayAskAgain: boolean, ask: (session: Session) => Promise<T>): Promise<T> {
    const signal = request.signal ?? undefined;
    const until = this.#options.clock.now() + (this.#options.patienceMs ?? PATIENCE_MS);
    for (let tries = 1; ; tries++) {
      const session = await this.#next(until, signal);
      // Nothing of such a request goes out before the host has answered: until then another session will do as well.
      if (!mayAskAgain) await abortable(Promise.race([session.answered, session.closed]), signal);
      if (!session.open && tries < MAX_TRIES) {
        this.forget(session);
        continue;
      }
      try {
        return await ask(session);
      } catch (error) {
        if (signal?.aborted || tries >= MAX_TRIES || !(mayAskAgain || (isUntaken(error) && !request.body))) throw error;
        // The code alone does not tell: a site that is itself reached by a path may fail with one of the path's.
        if (!(error instanceof PortholeError) || FINAL.has(error.code) || session.open) throw error;
        this.forget(session);
      }
    }
  }

  /** Has a session take the requests. */
  offer(session: Session): void {
    if (!session.open || this.#session === session) return;
    this.#session = session;
    for (const one of [...this.#waiting]) one.resolve(session);
  }

  /** A session takes no more; its own end follows. Left out: any. */
  forget(session = this.#session): void {
    if (this.#session === session) this.#session = null;
  }

  /** Nothing is asked any more. */
  end(reason: PortholeError): void {
    this.#over = reason;
    for (const one of [...this.#waiting]) one.reject(reason);
  }

  /** A session that takes requests; waits for one until then. */
  #next(until: number, signal?: AbortSignal): Promise<Session> {
    if (this.#session?.open) return Promise.resolve(this.#session);
    if (this.#over) return Promise.reject(this.#over);
    return new Promise((resolve, reject) => {
      const done = (settle: () => void): void => {
        cancel();
        signal?.removeEventListener('abort', stop);
        this.#waiting = this.#waiting.filter((one) => one !== waiter);
        settle();
      };
      const waiter = { resolve: (session: Session) => done(() => resolve(session)), reject: (error: Error) => done(() => reject(error)) };
      const stop = (): void => waiter.reject(signal?.reason);
      const cancel = this.#options.clock.after(Math.max(0, until - this.#options.clock.now()), () =>
        waiter.reject(this.#options.obstacle()),
      );
      this.#waiting.push(waiter);
      signal?.addEventListener('abort', stop, { once: true });
    });
  }
}
