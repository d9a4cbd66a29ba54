// SPDX-License-Identifier: Apache-2.0
// A visit: finds the site, opens a way, and another when it is lost, until it is closed.

import { asPortholeError, errorFromWire, PortholeError } from '../proto/errors.ts';
import type { Message } from '../proto/rendezvous.ts';
import { abortable } from '../transport/abortable.ts';
import { Calls } from '../transport/calls.ts';
import { type Clock, sleep, systemClock } from '../transport/clock.ts';
import { FASTEST, type Policy } from '../transport/policy.ts';
import { Rendezvous } from '../transport/rendezvous.ts';
import type { Asking } from '../transport/session/http.ts';
import { openSession, type Session } from '../transport/session/visitor.ts';
import type { Strategy } from '../transport/strategy.ts';
import { PathStory } from './story.ts';
import type { PathChange, SiteInfo, Visit, VisitState } from './visit.ts';

/** How long a fetch waits for a path before it fails with what stands in the way, in milliseconds. */
export const PATIENCE_MS = 20_000;
/** How long the suite may take to answer at the start of `connect`, in milliseconds. */
const FIRST_CONTACT_MS = 10_000;
/** The waits between failed tries grow from the first to the last, in milliseconds. */
const RETRY_MS = [300, 1000, 2000, 4000, 8000] as const;
/** When the suite says the host went away, the path has this long to show it still carries, in milliseconds. */
const PROBE_MS = 2000;
/** A session that lasted so long was a steady one, in milliseconds: after its end another is opened at once. */
const STEADY_MS = 3000;
/** How long the better ways have to themselves, in milliseconds: a session stays on the first that stands. */
const HEAD_START_MS = 2500;
/** How often a request that no answer came to is asked again when its path broke. */
const MAX_TRIES = 5;

export interface VisitOptions {
  /** The ways this end has. */
  readonly strategies: readonly Strategy[];
  /** Which of them to use, and which rather; `fastest` when left out. */
  readonly policy?: Policy;
  readonly patienceMs?: number;
  /** Names this program to the host. */
  readonly agent?: string;
  readonly clock?: Clock;
  /** Gives up waiting for the first path; a visit that has one is ended by `close`. */
  readonly signal?: AbortSignal;
}

/** Errors no waiting mends. */
const FINAL = new Set(['LINK_INVALID', 'SITE_UNKNOWN', 'NOT_ALLOWED', 'VERSION_UNSUPPORTED']);
/** Errors of the path, not of the request. */
const OF_THE_PATH = new Set(['PATH_LOST', 'PATH_SILENT', 'SESSION_CLOSED']);
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Begins a visit; it keeps trying until closed. See `status` for where it stands.
 * @param link a link to a site, or any URL the suite understands
 * @throws PortholeError LINK_INVALID
 */
export function startVisit(link: string, options: VisitOptions): Visit {
  return new SiteVisit(link, options);
}

/**
 * Visits a site: resolves when a path stands.
 * @param link a link to a site
 * @throws PortholeError LINK_INVALID, SUITE_UNREACHABLE, SITE_UNKNOWN, HOST_OFFLINE, NO_PATH; the signal's reason
 */
export async function visitSite(link: string, options: VisitOptions): Promise<Visit> {
  const visit = new SiteVisit(link, options);
  try {
    await abortable(visit.firstPath(), options.signal);
    return visit;
  } catch (error) {
    await visit.close();
    throw error;
  }
}

class SiteVisit implements Visit {
  site: SiteInfo | null = null;
  status: VisitState = { state: 'finding' };
  readonly closed: Promise<PortholeError | null>;
  readonly #link: string;
  readonly #options: VisitOptions;
  readonly #clock: Clock;
  readonly #rendezvous: Rendezvous;
  readonly #calls: Calls;
  readonly #listeners = new Set<(status: VisitState) => void>();
  readonly #stop = new AbortController();
  readonly #story = new PathStory();
  readonly #known = Promise.withResolvers<SiteInfo>();
  #session: Session | null = null;
  #waiting: { resolve(session: Session): void; reject(error: Error): void }[] = [];
  #hurry: () => void = () => {}; // ends the wait between two tries
  #lastError: PortholeError | null = null;
  #setClosed!: (error: PortholeError | null) => void;

  constructor(link: string, options: VisitOptions) {
    this.#link = link;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.closed = new Promise((resolve) => {
      this.#setClosed = resolve;
    });
    this.#rendezvous = new Rendezvous(
      link,
      {
        welcome: () => void this.#look(),
        note: (note) => this.#calls.note(note),
        hangup: ({ call, code, message }) => this.#calls.hangUp(call, errorFromWire(code || 'PATH_LOST', message)),
        status: (status) => this.#seen(status),
      },
      this.#clock,
    );
    this.#calls = new Calls({
      rendezvous: this.#rendezvous,
      strategies: options.strategies,
      self: () => ({ observed: this.#rendezvous.greeting?.observed }),
      clock: this.#clock,
    });
    this.#known.promise.catch(() => {}); // those who ask learn it
    void this.#run();
  }

  get requests(): number {
    return this.#waiting.length + (this.#session?.streams ?? 0);
  }

  get history(): readonly PathChange[] {
    return this.#story.changes;
  }

  known(): Promise<SiteInfo> {
    return this.#known.promise;
  }

  onStatus(listener: (status: VisitState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async fetch(request: Asking): Promise<Response> {
    const mayAskAgain = SAFE_METHODS.has(request.method) && !request.body;
    for (let tries = 1; ; tries++) {
      const session = await this.#path(request.signal ?? undefined);
      try {
        return await session.fetch(request);
      } catch (error) {
        if (request.signal?.aborted || !mayAskAgain || tries >= MAX_TRIES) throw error;
        // The code alone does not tell: a site that is itself reached by a path may fail with one of these.
        if (!(error instanceof PortholeError) || !OF_THE_PATH.has(error.code) || session.open) throw error;
        if (this.#session === session) this.#session = null; // it takes no more; its own end follows
      }
    }
  }

  async close(): Promise<void> {
    await this.#end(null);
  }

  /** Resolves when a path stands; rejects with the first error that waiting would not mend within a moment. */
  async firstPath(): Promise<void> {
    await this.#rendezvous.ready(FIRST_CONTACT_MS, this.#stop.signal);
    await new Promise<void>((resolve, reject) => {
      const look = (status: VisitState): void => {
        if (status.state === 'connected') resolve();
        else if (status.state === 'offline') reject(status.error);
        else if (status.state === 'closed') reject(status.error ?? new PortholeError('SESSION_CLOSED'));
        else if (this.#lastError) reject(this.#lastError);
        else return;
        forget();
      };
      const forget = this.onStatus(look);
      look(this.status);
    });
  }

  /** A session that takes requests; waits for one as long as patience lasts. */
  #path(signal?: AbortSignal): Promise<Session> {
    if (this.#session) return Promise.resolve(this.#session);
    if (this.status.state === 'closed') return Promise.reject(this.status.error ?? new PortholeError('SESSION_CLOSED'));
    return new Promise((resolve, reject) => {
      const done = (settle: () => void): void => {
        cancel();
        signal?.removeEventListener('abort', stop);
        this.#waiting = this.#waiting.filter((one) => one !== waiter);
        settle();
      };
      const waiter = { resolve: (session: Session) => done(() => resolve(session)), reject: (error: Error) => done(() => reject(error)) };
      const stop = (): void => waiter.reject(signal?.reason);
      const cancel = this.#clock.after(this.#options.patienceMs ?? PATIENCE_MS, () => waiter.reject(this.#obstacle()));
      this.#waiting.push(waiter);
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  #obstacle(): PortholeError {
    if (this.status.state === 'offline') return this.status.error;
    return this.#lastError ?? new PortholeError(this.#rendezvous.greeting ? 'TIMED_OUT' : 'SUITE_UNREACHABLE');
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted; ) {
      try {
        if (!this.#rendezvous.greeting) this.#set({ state: 'finding' });
        await this.#rendezvous.ready(FIRST_CONTACT_MS, signal);
        const { session, reason } = await this.#open(signal);
        this.#lastError = null;
        const since = this.#clock.now();
        await this.#use(session, reason);
        // A host that takes visitors in only to send them away is asked ever more slowly.
        if (this.#clock.now() - since > STEADY_MS) failures = 0;
        else await this.#pause(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)] as number);
      } catch (thrown) {
        if (signal.aborted) return;
        const error = asPortholeError(thrown);
        if (FINAL.has(error.code)) return void this.#end(error);
        this.#lastError = error;
        this.#set(error.code === 'HOST_OFFLINE' ? { state: 'offline', error } : { state: 'finding' });
        const wait = RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)] as number;
        await this.#pause(error.code === 'HOST_OFFLINE' ? (RETRY_MS.at(-1) as number) : wait);
      }
    }
  }

  async #open(signal: AbortSignal): Promise<{ session: Session; reason: string }> {
    const names = this.#options.strategies.map(({ name }) => name);
    const introduction = await this.#rendezvous.ask('introduce', { link: this.#link, strategies: names });
    const trying: string[] = [];
    this.#set({ state: 'connecting', trying });
    return new Promise((resolve, reject) => {
      const enough = new AbortController();
      const opening = this.#calls.open(introduction, {
        policy: this.#options.policy ?? FASTEST,
        headStartMs: HEAD_START_MS,
        signal: AbortSignal.any([signal, enough.signal]),
        onAttempt: (strategy) => {
          trying.push(strategy);
          this.#set({ state: 'connecting', trying: [...trying] });
        },
        onPath: (connection, reason) => {
          enough.abort(new PortholeError('CANCELLED', 'another way stood first'));
          resolve({ session: openSession(connection, { clock: this.#clock, agent: this.#options.agent }), reason });
        },
      });
      opening.catch(reject);
    });
  }

  /** Has a session carry the requests until it ends. */
  async #use(session: Session, reason: string): Promise<void> {
    this.#session = session;
    for (const one of [...this.#waiting]) one.resolve(session);
    void session.answered.then(() => {
      if (this.#session === session) this.#set(this.#story.tell({ kind: 'moved', ...session.path, standby: '', reason }));
    });
    const stop = (): void => void session.close();
    this.#stop.signal.addEventListener('abort', stop, { once: true });
    const error = await session.closed;
    this.#stop.signal.removeEventListener('abort', stop);
    if (this.#session === session) this.#session = null;
    if (this.status.state === 'connected') {
      const reason = `${this.status.path.via} was lost${error ? ` (${error.message})` : ''}`;
      this.#set(this.#story.tell({ kind: 'lost', via: '', rttMs: 0, standby: '', reason }));
    }
    if (error && !OF_THE_PATH.has(error.code)) throw error;
  }

  /** Asks who the site is, and to be told when it comes and goes. */
  async #look(): Promise<void> {
    try {
      this.#seen(await this.#rendezvous.ask('find', { link: this.#link }));
    } catch {
      // The introduction, asked beside it, tells the same error.
    }
  }

  #seen(status: Message<'SiteStatus'>): void {
    this.site = { id: status.site, name: status.name, title: status.card?.title ?? '', link: status.link };
    this.#known.resolve(this.site);
    if (status.online && this.status.state === 'offline') this.#hurry();
    // The host went away, or another process took its place: see at once whether the path still carries.
    else this.#session?.probe(PROBE_MS);
  }

  #pause(ms: number): Promise<void> {
    const early = new AbortController();
    this.#hurry = () => early.abort();
    return sleep(this.#clock, ms, AbortSignal.any([early.signal, this.#stop.signal])).catch(() => {});
  }

  #set(status: VisitState): void {
    if (this.status.state === 'closed') return;
    this.status = status;
    for (const listener of [...this.#listeners]) listener(status);
  }

  async #end(error: PortholeError | null): Promise<void> {
    if (this.status.state === 'closed') return;
    this.#set({ state: 'closed', error });
    const reason = error ?? new PortholeError('SESSION_CLOSED', 'the visit is over');
    this.#stop.abort(reason);
    this.#known.reject(reason);
    this.#calls.close(reason);
    this.#rendezvous.close();
    for (const one of [...this.#waiting]) one.reject(reason);
    await this.#session?.close();
    this.#setClosed(error);
  }
}
