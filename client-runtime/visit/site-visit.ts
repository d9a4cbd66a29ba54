// SPDX-License-Identifier: Apache-2.0
// A visit: finds the site, opens a session, and another one when that is lost, until it is closed.

import { asPortholeError, errorFromWire, PortholeError } from '../../proto/errors.ts';
import type { Message } from '../../proto/rendezvous.ts';
import { waitOf } from '../../proto/wait.ts';
import type { PathNews } from '../../transport/paths/news.ts';
import { Calls } from '../../transport/rendezvous/calls.ts';
import { Rendezvous } from '../../transport/rendezvous/client.ts';
import type { Asking } from '../../transport/session/http.ts';
import type { Connecting, Tunnel } from '../../transport/session/tunnel.ts';
import { FASTEST } from '../../transport/strategy/policy.ts';
import { type StrategyInfo, strategyNamed } from '../../transport/strategy/strategy.ts';
import { abortable, awaitedLater, type Clock, sleep, systemClock } from '../../transport/time/clock.ts';
import { type VisitorOf, visitorOf } from '../visitor/visitor.ts';
import { siteInfo } from './find-site.ts';
import { OwnNetwork } from './own-network.ts';
import { FINAL, OF_THE_PATH, VisitRequests } from './requests.ts';
import { SiteSession } from './site-session.ts';
import { PathStory } from './story.ts';
import type { PathChange, SiteInfo, Visit, VisitOptions, VisitState } from './visit.ts';

/** How long the suite may take to answer at the start of `connect`, in milliseconds. */
const FIRST_CONTACT_MS = 10_000;
/** The waits between failed tries grow from the first to the last, in milliseconds. */
const RETRY_MS = [300, 1000, 2000, 4000, 8000] as const;
/** When the suite says something of the host, its paths have this long to show that they still carry, in milliseconds. */
const PROBE_MS = 2000;
/** A session that lasted so long was a steady one, in milliseconds: after its end another is opened at once. */
const STEADY_MS = 3000;

export class SiteVisit implements Visit {
  site: SiteInfo | null = null;
  status: VisitState = { state: 'finding' };
  readonly #closed = Promise.withResolvers<PortholeError | null>();
  readonly closed = this.#closed.promise;
  readonly strategies: readonly StrategyInfo[];
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
  readonly #requests: VisitRequests;
  #hurry: () => void = () => {}; // ends the wait between two tries
  #lastError: PortholeError | null = null;
  #ending: Promise<void> | null = null;

  constructor(link: string, options: VisitOptions) {
    this.#visitor = visitorOf(link, options, options.primitives);
    this.#options = options;
    this.strategies = options.strategies;
    this.#clock = options.clock ?? systemClock;
    this.#rendezvous = new Rendezvous(
      this.#visitor.link,
      {
        welcome: () => {
          void this.#look();
          this.#calls.prepare((strategy) => (options.policy ?? FASTEST).rank(strategy) !== null);
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
    this.#requests = new VisitRequests({
      clock: this.#clock,
      patienceMs: options.patienceMs,
      obstacle: () => this.#obstacle(),
    });
    this.#known.promise.catch(() => {}); // those who ask learn it
    void this.#run();
  }

  get requests(): number {
    return this.#requests.size;
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

  fetch(request: Asking): Promise<Response> {
    return this.#requests.fetch(request);
  }

  connect(request: Connecting): Promise<Tunnel> {
    return this.#requests.connect(request);
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
        this.#requests.forget();
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
      strategies: this.strategies,
      primitives,
      network,
      clock: this.#clock,
      agent,
      onAttempt: (strategy) => {
        if (this.#held !== held || held.carried) return;
        trying = [...trying.filter((other) => other !== strategy), strategy];
        this.#set({ state: 'connecting', trying });
      },
      onConnection: () => this.#held === held && this.#requests.offer(held.session),
      onNews: (news) => this.#held === held && this.#told(held, news),
      onObstacle: (error) => this.#held === held && this.#hindered(held, error),
    });
    this.#held = held;
    return held;
  }

  /** What carries the session has changed. */
  #told(held: SiteSession, news: PathNews): void {
    if (held.carried) {
      this.#lastError = null;
      this.#requests.offer(held.session);
      this.#network.carried(strategyNamed(news.via, this.strategies));
    } else this.#requests.forget(); // requests from now on wait, and learn what stands in the way
    const state = this.#story.tell(news);
    const error = this.#lastError;
    this.#set(error?.code === 'HOST_OFFLINE' ? { state: 'offline', error } : state);
  }

  #hindered(held: SiteSession, error: PortholeError): void {
    if (held.carried) return;
    this.#lastError = error;
    if (error.code === 'HOST_OFFLINE') this.#set({ state: 'offline', error });
  }

  /** Resolves when the session has ended. */
  async #until(held: SiteSession): Promise<void> {
    const error = await held.session.closed;
    if (this.#held === held) this.#held = null;
    this.#requests.forget(held.session);
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
    this.#requests.end(reason);
    await this.#held?.close();
    this.#closed.resolve(error);
  }
}
