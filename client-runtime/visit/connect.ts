// SPDX-License-Identifier: Apache-2.0
// A visit: finds the site, opens a way, and another when it is lost, until it is closed.

import { asPortholeError, errorFromWire, PortholeError } from '../../proto/errors.ts';
import type { Message } from '../../proto/rendezvous.ts';
import { waitOf } from '../../proto/wait.ts';
import type { Examiner } from '../../transport/nat/exam/own-nat.ts';
import type { PathNews } from '../../transport/paths/news.ts';
import { Calls } from '../../transport/rendezvous/calls.ts';
import { Rendezvous } from '../../transport/rendezvous/client.ts';
import type { Primitives } from '../../transport/seal/primitives.ts';
import type { Asking } from '../../transport/session/http.ts';
import { isUntaken } from '../../transport/session/untaken.ts';
import type { Session } from '../../transport/session/visitor.ts';
import { FASTEST, type Policy } from '../../transport/strategy/policy.ts';
import { type Strategy, type Way, wayNamed } from '../../transport/strategy/strategy.ts';
import type { NetworkWatch } from '../../transport/system/network.ts';
import { abortable, awaitedLater, type Clock, sleep, systemClock } from '../../transport/time/clock.ts';
import { type VisitorOf, type VisitorOptions, visitorOf } from '../visitor/visitor.ts';
import { siteInfo } from './find-site.ts';
import { FINAL, OF_THE_PATH, SAFE_METHODS } from './obstacles.ts';
import { OwnNetwork } from './own-network.ts';
import { SiteSession } from './site-session.ts';
import { PathStory } from './story.ts';
import type { PathChange, SiteInfo, Visit, VisitState } from './visit.ts';

/** How long a fetch waits for a path before it fails with what stands in the way, in milliseconds. */
export const PATIENCE_MS = 20_000;
/** How long the suite may take to answer at the start of `connect`, in milliseconds. */
const FIRST_CONTACT_MS = 10_000;
/** The waits between failed tries grow from the first to the last, in milliseconds. */
const RETRY_MS = [300, 1000, 2000, 4000, 8000] as const;
/** When the suite says something of the host, its paths have this long to show that they still carry, in milliseconds. */
const PROBE_MS = 2000;
/** A session that lasted so long was a steady one, in milliseconds: after its end another is opened at once. */
const STEADY_MS = 3000;
/** How often a request that no answer came to is asked again when its path broke. */
const MAX_TRIES = 5;

export interface VisitOptions extends VisitorOptions {
  /** The ways this end has. */
  readonly strategies: readonly Strategy[];
  /** Which of them to use, and which rather; `fastest` when left out. */
  readonly policy?: Policy;
  /** This platform's cryptography. */
  readonly primitives: Primitives;
  /** Finds out what this network does, once a path stands or waits for it. */
  readonly examine?: Examiner;
  /** Tells when the network changes, so that paths are looked at anew. */
  readonly network?: NetworkWatch;
  /** How long a `fetch` waits for a path, in milliseconds; PATIENCE_MS when left out. */
  readonly patienceMs?: number;
  /** Names this program to the host. */
  readonly agent?: string;
  /** Time; the machine’s own when left out. */
  readonly clock?: Clock;
  /** Gives up waiting for the first path; a visit that has one is ended by `close`. */
  readonly signal?: AbortSignal;
}

/**
 * Begins a visit; it keeps trying until closed. See `status` for where it stands.
 * @param link a link to a site, or any URL the suite understands
 * @throws PortholeError LINK_INVALID, TOKEN_INVALID
 */
export function startVisit(link: string, options: VisitOptions): Visit {
  return new SiteVisit(link, options);
}

/**
 * Visits a site: resolves when a path stands.
 * @param link a link to a site
 * @throws PortholeError LINK_INVALID, SUITE_UNREACHABLE, SITE_UNKNOWN, HOST_OFFLINE, NO_PATH; NOT_ALLOWED, PASSWORD_NEEDED and
 * their like when the host does not let this visitor in; the signal's reason
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
  readonly ways: readonly Way[];
  readonly #visitor: VisitorOf;
  readonly #options: VisitOptions;
  readonly #clock: Clock;
  readonly #rendezvous: Rendezvous;
  readonly #calls: Calls;
  readonly #network: OwnNetwork;
  readonly #listeners = new Set<(status: VisitState) => void>();
  readonly #stop = new AbortController();
  readonly #known = Promise.withResolvers<SiteInfo>();
  readonly #story = new PathStory();
  #online: boolean | null = null; // what the suite said of the host last
  #looking: Promise<void> | null = null; // who the site is; null while that is not asked, or was refused
  #held: SiteSession | null = null; // that is being opened, or carries
  #session: Session | null = null; // of the same, while it takes requests
  #waiting: { resolve(session: Session): void; reject(error: Error): void }[] = [];
  #hurry: () => void = () => {}; // ends the wait between two tries
  #lastError: PortholeError | null = null;
  #ending: Promise<void> | null = null;
  #setClosed!: (error: PortholeError | null) => void;

  constructor(link: string, options: VisitOptions) {
    this.#visitor = visitorOf(link, options, options.primitives);
    this.#options = options;
    this.ways = options.strategies;
    this.#clock = options.clock ?? systemClock;
    this.closed = new Promise((resolve) => {
      this.#setClosed = resolve;
    });
    this.#rendezvous = new Rendezvous(
      this.#visitor.link,
      {
        welcome: () => {
          void this.#look();
          this.#calls.prepare((way) => (options.policy ?? FASTEST).rank(way) !== null);
          this.#network.welcomed();
        },
        note: (note) => this.#calls.note(note),
        hangup: ({ call, code, message }) => this.#calls.hangUp(call, errorFromWire(code || 'PATH_LOST', message)),
        status: (status) => this.#seen(status),
      },
      this.#clock,
    );
    this.#network = new OwnNetwork({
      rendezvous: this.#rendezvous,
      examine: options.examine,
      clock: this.#clock,
      onLearned: () => this.#held?.learned(),
    });
    this.#calls = new Calls({
      rendezvous: this.#rendezvous,
      strategies: options.strategies,
      self: () => this.#network.profile,
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
    const signal = request.signal ?? undefined;
    const mayAskAgain = SAFE_METHODS.has(request.method) && !request.body;
    const until = this.#clock.now() + (this.#options.patienceMs ?? PATIENCE_MS);
    for (let tries = 1; ; tries++) {
      const session = await this.#path(until, signal);
      // Nothing of such a request goes out before the host has answered: until then another session will do as well.
      if (!mayAskAgain) await abortable(Promise.race([session.answered, session.closed]), signal);
      if (!session.open && tries < MAX_TRIES) {
        this.#forget(session);
        continue;
      }
      try {
        return await session.fetch(request);
      } catch (error) {
        if (signal?.aborted || tries >= MAX_TRIES || !(mayAskAgain || (isUntaken(error) && !request.body))) throw error;
        // The code alone does not tell: a site that is itself reached by a path may fail with one of the path's.
        if (!(error instanceof PortholeError) || FINAL.has(error.code) || session.open) throw error;
        this.#forget(session);
      }
    }
  }

  close(): Promise<void> {
    return this.#end(null);
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

  /** A session that takes requests; waits for one until then. */
  #path(until: number, signal?: AbortSignal): Promise<Session> {
    if (this.#session?.open) return Promise.resolve(this.#session);
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
      const cancel = this.#clock.after(Math.max(0, until - this.#clock.now()), () => waiter.reject(this.#obstacle()));
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
        // Who the site is and how to reach it are asked for together: one round trip less, and who it is is known first.
        const site = (this.#looking ?? this.#look()).then(() => this.known());
        const held = this.#begin(awaitedLater(site.then(({ id }) => id)));
        await abortable(Promise.all([site, held.start()]), signal);
        const since = this.#clock.now();
        await this.#until(held);
        // A host that takes visitors in only to send them away is asked ever more slowly.
        if (this.#clock.now() - since > STEADY_MS) failures = 0;
        else await this.#pause(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)] as number);
      } catch (thrown) {
        if (signal.aborted) return;
        void this.#held?.close();
        this.#held = null;
        this.#session = null;
        const error = asPortholeError(thrown);
        if (FINAL.has(error.code)) return void this.#end(error);
        this.#lastError = error;
        const wait = error.code === 'HOST_OFFLINE' ? (RETRY_MS.at(-1) as number) : waitOf(error);
        this.#set(wait === null ? { state: 'finding' } : { state: 'offline', error });
        await this.#pause(Math.max(wait ?? 0, RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)] as number));
      }
    }
  }

  #begin(site: Promise<string>): SiteSession {
    const { policy = FASTEST, primitives, network, agent } = this.#options;
    let trying: readonly string[] = [];
    this.#set({ state: 'connecting', trying });
    const held = new SiteSession({
      site,
      visitor: this.#visitor,
      rendezvous: this.#rendezvous,
      calls: this.#calls,
      nat: () => this.#network.wire,
      policy,
      ways: this.ways,
      primitives,
      network,
      clock: this.#clock,
      agent,
      onAttempt: (strategy) => {
        if (this.#held !== held || held.carried) return;
        trying = [...trying.filter((other) => other !== strategy), strategy];
        this.#set({ state: 'connecting', trying });
      },
      onConnection: () => this.#offer(held),
      onNews: (news) => this.#held === held && this.#told(held, news),
      onObstacle: (error) => this.#held === held && this.#hindered(held, error),
    });
    this.#held = held;
    return held;
  }

  /** Has a session take the requests. */
  #offer(held: SiteSession): void {
    if (this.#held !== held || !held.session.open || this.#session === held.session) return;
    this.#session = held.session;
    for (const one of [...this.#waiting]) one.resolve(held.session);
  }

  /** What carries the session has changed. */
  #told(held: SiteSession, news: PathNews): void {
    if (held.carried) {
      this.#lastError = null;
      this.#offer(held);
      this.#network.carried(wayNamed(news.via, this.ways));
    } else this.#session = null; // requests from now on wait, and learn what stands in the way
    const state = this.#story.tell(news);
    const error = this.#lastError;
    this.#set(error?.code === 'HOST_OFFLINE' ? { state: 'offline', error } : state);
  }

  #hindered(held: SiteSession, error: PortholeError): void {
    if (held.carried) return;
    this.#lastError = error;
    if (error.code === 'HOST_OFFLINE') this.#set({ state: 'offline', error });
  }

  /** A session takes no more; its own end follows. */
  #forget(session: Session): void {
    if (this.#session === session) this.#session = null;
  }

  /** Resolves when the session has ended. */
  async #until(held: SiteSession): Promise<void> {
    const error = await held.session.closed;
    if (this.#held === held) this.#held = null;
    this.#forget(held.session);
    if (this.status.state === 'connected') {
      const reason = `the session has ended${error ? ` (${error.message})` : ''}`;
      this.#set(this.#story.tell({ kind: 'lost', via: '', rttMs: 0, standby: '', reason }));
    }
    await held.close();
    if (error && !OF_THE_PATH.has(error.code)) throw error;
  }

  /** Asks who the site is, and to be told when it comes and goes. */
  #look(): Promise<void> {
    const looking = this.#rendezvous.ask('find', { link: this.#visitor.link }).then((status) => this.#seen(status));
    this.#looking = looking;
    looking.catch(() => {
      if (this.#looking === looking) this.#looking = null; // asked again by who needs it
    });
    return looking;
  }

  #seen(status: Message<'SiteStatus'>): void {
    if (this.#visitor.site !== null && this.#visitor.site !== status.site) {
      return void this.#end(new PortholeError('KEY_WRONG', 'the suite leads to another site than the one that the link names'));
    }
    if (this.site && this.site.id !== status.site) {
      return void this.#end(new PortholeError('KEY_WRONG', 'the suite leads to another site under this name now'));
    }
    const site = siteInfo(status);
    this.site = site;
    this.#known.resolve(site);
    if (status.online && this.status.state === 'offline' && this.status.error.code === 'HOST_OFFLINE') this.#hurry();
    const before = this.#online;
    this.#online = status.online;
    const held = this.#held;
    if (before !== null && before !== status.online)
      return held?.changed(status.online ? 'the suite has the host online again' : 'the suite has lost the host');
    // The host came anew, or knows more of its network; or another process has taken its place: see at once what still carries.
    if (status.online && held && !held.carried) return held.changed('the suite has word of the host');
    held?.session.probe(PROBE_MS);
    held?.learned();
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

  #end(error: PortholeError | null): Promise<void> {
    this.#ending ??= this.#finish(error);
    return this.#ending;
  }

  async #finish(error: PortholeError | null): Promise<void> {
    this.#set({ state: 'closed', error });
    const reason = error ?? new PortholeError('SESSION_CLOSED', 'the visit is over');
    this.#stop.abort(reason);
    this.#known.reject(reason);
    this.#network.close();
    this.#calls.close(reason);
    this.#rendezvous.close();
    for (const one of [...this.#waiting]) one.reject(reason);
    await this.#held?.close();
    this.#setClosed(error);
  }
}
