// SPDX-License-Identifier: Apache-2.0
// The keeper: has a session on the best path there is, with another standing by, and looks for what is missing.

import { PortholeError } from '../../proto/errors.ts';
import type { Policy } from '../strategy/policy.ts';
import { type Way, wayNamed } from '../strategy/way.ts';
import type { Clock } from '../time/clock.ts';
import { type Decision, decide, type Placed, type Seen, type Wants } from './decide.ts';
import { farther, type KeptPath, type KeptThread, type PathEvent, type PathNews, pathName } from './paths.ts';
import { BRISK_MS, type OpenNamed, Seeker, WANTS, type Want } from './search.ts';
import { Teller } from './telling.ts';

/** A path that carried for so long was a good one, in milliseconds: when nothing carries after it, the waits begin anew. */
export const CARRIED_MS = 8000;
/** How long after a move a standby is opened, in milliseconds: the move itself comes first. */
export const STANDBY_AFTER_MS = 2000;
/** How long a path that is not needed is left open, in milliseconds: the other end may not have moved from it yet. */
export const SPARE_MS = 2000;
/**
 * A kind of path that failed while it carried must be well for so long before it takes over from a lesser one that is well,
 * in milliseconds; doubled with each further failure up to the second. What has failed never does so at once: no flapping.
 */
export const STEADY_MS = [2000, 120_000] as const;
/** A path that carried for so long had no part in earlier failures of its kind, in milliseconds. */
export const FORGIVE_MS = 300_000;
/** When the network has changed, paths have this long to show that they still carry, in milliseconds. */
export const PROBE_MS = 2000;
/** Nothing is tried while so many paths are live: a session has at most MAX_PATHS. */
export const CROWDED_PATHS = 4;

/** What a keeper needs to look after a session. */
export interface KeeperOptions<P extends KeptPath> {
  /** The session. */
  readonly thread: KeptThread<P>;
  /** Which ways may be used, and which rather. */
  readonly policy: Policy;
  /** The ways this end has. */
  readonly ways: readonly Way[];
  /** Opens ways, and adds each to the session as it stands. */
  readonly open: OpenNamed;
  /** Time. */
  readonly clock: Clock;
  /** Every change, with its reason in words. */
  readonly onNews: (news: PathNews) => void;
  /** From 0 to 1; spreads tries. */
  readonly random?: () => number;
}

/** Keeps one session's paths, at the visitor: it decides where the session is carried. */
export class PathKeeper<P extends KeptPath> {
  readonly #options: KeeperOptions<P>;
  readonly #clock: Clock;
  readonly #seeker: Seeker;
  readonly #teller: Teller<P>;
  readonly #wellSince = new Map<P, number>();
  readonly #spareSince = new Map<P, number>();
  /** How often paths of a kind failed while they carried. */
  readonly #falls = new Map<string, number>();
  readonly #fallen = new Set<P>(); // counted already
  #current: P | null = null;
  #currentSince = 0;
  #standby: P | null = null;
  #fall = ''; // why the path in use has to be left, in words
  #nothingSince: number | null = null; // that nothing carries
  #wake: () => void = () => {};
  #forget: () => void = () => {};
  #reviewing = false;
  #again = false;
  #end: PortholeError | null = null; // of the session
  #state: 'starting' | 'keeping' | 'over' = 'starting'; // until a path carries

  constructor(options: KeeperOptions<P>) {
    const { policy, ways, open, clock, random = Math.random } = options;
    this.#options = options;
    this.#clock = clock;
    this.#teller = new Teller(clock, options.onNews);
    this.#seeker = new Seeker({ policy, ways, open, clock, random, onEnd: (what, words) => this.#ended(what, words) });
  }

  /**
   * Opens the first path; resolves when it carries, and keeps the session from then on.
   * @throws PortholeError why none could be opened (what `open` rejects with, or the session's end); the keeper is over then
   */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#forget = this.#options.thread.onEvent((event) => {
        this.#hear(event);
        if (this.#current) resolve();
      });
      this.#nothingSince = this.#clock.now();
      void this.#seeker.begin('any', null).then((error) => {
        if (this.#state === 'starting') this.stop();
        reject(this.#end ?? error ?? new PortholeError('CANCELLED', 'the session is over'));
      });
    });
  }

  /**
   * Something changed that no path shows: the network, or what is heard of the host. All paths are asked for a sign of life,
   * and what is missing is tried at once.
   * @param reason in words
   */
  changed(reason: string): void {
    if (this.#state !== 'keeping') return;
    const now = this.#clock.now();
    this.#falls.clear();
    for (const what of WANTS) this.#seeker.hurry(what, now, what === 'better' ? BRISK_MS : undefined);
    this.#seeker.abandon(reason);
    this.#tell('changed', reason);
    this.#options.thread.probe(PROBE_MS);
    this.#review();
  }

  /** More is known of the networks than at the last try: a better path is looked for at once. */
  learned(): void {
    if (this.#state === 'over') return;
    this.#seeker.learned();
    if (this.#state === 'keeping') this.#review();
  }

  /** Ends it: what is under way is stopped. The thread and its paths are left as they are. */
  stop(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#forget();
    this.#wake();
    this.#teller.stop();
    this.#seeker.abandon('the session is over');
  }

  #hear(event: PathEvent<P>): void {
    const now = this.#clock.now();
    switch (event.type) {
      case 'over':
        this.#end = event.error;
        return this.stop();
      case 'stranded':
      case 'found':
      case 'doubted':
        return; // each path's loss and coming is told
      case 'joined':
        this.#wellSince.set(event.path, now);
        // The thread puts the first on itself.
        if (event.path.state === 'in-use' && !this.#current) this.#moved(event.path, this.#whyUse(event.path));
        break;
      case 'moved':
        if (event.path === this.#current) break;
        if (event.path.state === 'suspect') {
          // The thread would rather have this one than none.
          this.#current = event.path;
          this.#tell('silent', `${this.#fall}; ${this.#name(event.path)} is silent, too; looking for another way`);
          break;
        }
        if (!this.#wellSince.has(event.path)) this.#wellSince.set(event.path, now);
        this.#moved(event.path, () => event.reason);
        break;
      case 'recovered':
        this.#wellSince.set(event.path, now);
        this.#fallen.delete(event.path);
        if (event.path === this.#current) {
          this.#nothingSince = null;
          this.#tell('recovered', `${this.#name(event.path)} answers again`);
        }
        break;
      case 'suspect':
        this.#wellSince.delete(event.path);
        if (event.path === this.#current) this.#fell(event.path, 'went silent', 'silent');
        break;
      case 'lost':
        this.#wellSince.delete(event.path);
        this.#spareSince.delete(event.path);
        if (event.path === this.#current) {
          this.#current = null;
          this.#fell(event.path, `was lost${event.reason && ` (${event.reason})`}`, 'lost');
        }
        this.#fallen.delete(event.path);
    }
    this.#review();
  }

  /** The path in use fails. */
  #fell(path: P, how: string, kind: 'silent' | 'lost'): void {
    const now = this.#clock.now();
    this.#teller.hurry();
    this.#fall = `${this.#name(path)} ${how}`;
    if (!this.#fallen.has(path)) {
      this.#fallen.add(path);
      const forgiven = now - this.#currentSince >= FORGIVE_MS;
      this.#falls.set(path.via, (forgiven ? 0 : (this.#falls.get(path.via) ?? 0)) + 1);
      this.#seeker.hurry('better', now, BRISK_MS);
    }
    if (this.#options.thread.paths.some((other) => other !== path && this.#wellSince.has(other))) return; // the move tells it
    this.#tell(kind, `${this.#fall}; looking for another way`);
  }

  /** Decides, and does what is decided. What happens meanwhile is looked at next. */
  #review(): void {
    this.#again = true;
    if (this.#reviewing) return;
    this.#reviewing = true;
    while (this.#again && this.#state !== 'over') {
      this.#again = false;
      this.#settle();
    }
    this.#reviewing = false;
  }

  #settle(): void {
    this.#wake();
    const decision = this.#decide();
    const { use } = decision;
    if (use) {
      const why = this.#whyUse(use);
      // Before it is used: the thread tells of it at once.
      this.#moved(use, why);
      this.#options.thread.use(use, why());
      this.#again = true;
      return;
    }
    if (this.#current) this.#noteStandby(decision.standby);
    const due = [decision.readyAt, this.#dropSpare(decision.spare), this.#seek(decision.wants)];
    const next = Math.min(...due.map((at) => at ?? Number.POSITIVE_INFINITY));
    if (next < Number.POSITIVE_INFINITY) this.#wake = this.#clock.after(Math.max(0, next - this.#clock.now()), () => this.#review());
  }

  #decide(): Decision<P> {
    const see = (path: P): Seen<P> => {
      const since = this.#wellSince.get(path);
      // What makes the path in use silent may make the others so, too: only one that answers is better.
      const well = since !== undefined && (path === this.#current || path.proven);
      const { via, rttMs } = path;
      return { path, ...this.#placed(this.#way(path)), rttMs, well, readyAt: (since ?? 0) + this.#steadyMs(via) };
    };
    const current = this.#current;
    const others = this.#options.thread.paths.filter((path) => path !== current);
    return decide(
      this.#clock.now(),
      current && see(current),
      others.map(see),
      this.#seeker.ways.map((way) => this.#placed(way)),
    );
  }

  #way({ via }: P): Way {
    return wayNamed(via, this.#options.ways);
  }

  #isDirect(path: P): boolean {
    return this.#way(path).kind === 'direct';
  }

  #name(path: P): string {
    return pathName(path, this.#options.ways);
  }

  #placed(way: Way): Placed {
    const { policy } = this.#options;
    return { rank: policy.rank(way) ?? Number.POSITIVE_INFINITY, stage: policy.stage(way) };
  }

  /** How long a path of this kind must have been well. */
  #steadyMs(via: string): number {
    const falls = this.#falls.get(via) ?? 0;
    return falls === 0 ? 0 : Math.min(STEADY_MS[0] * 2 ** (falls - 1), STEADY_MS[1]);
  }

  #moved(path: P, why: () => string): void {
    const now = this.#clock.now();
    this.#current = path;
    this.#currentSince = now;
    this.#nothingSince = null;
    this.#state = 'keeping';
    this.#seeker.hurry('standby', now + STANDBY_AFTER_MS);
    this.#standby = this.#decide().standby;
    this.#teller.tell('moved', path, this.#standby, why);
  }

  /** Why the session moves to this path, in words that may say how far the peer is on it. */
  #whyUse(path: P): () => string {
    const old = this.#current;
    if (this.#state === 'starting') {
      const better = this.#seeker.namesFor('better', path.via);
      return () => `${this.#name(path)} stood first${better.length > 0 ? `; ${better.join(' and ')} still being tried` : ''}`;
    }
    if (!old || !this.#wellSince.has(old)) {
      const late = this.#nothingSince === null ? '' : ` after ${((this.#clock.now() - this.#nothingSince) / 1000).toFixed(1)} s`;
      const fall = this.#fall;
      return () => `${fall}; ${this.#name(path)} carries on${late}`;
    }
    const kind = this.#isDirect(path) && !this.#isDirect(old) ? 'a direct way' : 'a better way';
    return () => `${kind} stands: ${farther(path, old, this.#options.ways)}`;
  }

  #noteStandby(standby: P | null): void {
    const before = this.#standby;
    this.#standby = standby;
    if (standby && standby.via !== before?.via) this.#tell('standby', `${this.#name(standby)} stands by`);
    else if (before && !standby) this.#tell('standby', `${this.#name(before)} stands by no longer`);
  }

  /** Closes what has not been needed for a while. @returns when the next is due */
  #dropSpare(spare: readonly P[]): number | null {
    const now = this.#clock.now();
    for (const path of [...this.#spareSince.keys()]) if (!spare.includes(path)) this.#spareSince.delete(path);
    for (const path of spare) {
      const since = this.#spareSince.get(path) ?? now;
      this.#spareSince.set(path, since);
      if (since + SPARE_MS > now) continue;
      this.#spareSince.delete(path);
      this.#wellSince.delete(path);
      this.#options.thread.drop(path, new PortholeError('CANCELLED', 'another path carries the session'));
    }
    return this.#spareSince.size > 0 ? Math.min(...this.#spareSince.values()) + SPARE_MS : null;
  }

  /** Tries what is wanted and due. @returns when the next try is due */
  #seek(wants: Wants): number | null {
    const now = this.#clock.now();
    if (wants.any && this.#nothingSince === null) {
      this.#nothingSince = now;
      // Paths that break as soon as they stand are no reason to hurry.
      if (now - this.#currentSince >= CARRIED_MS) this.#seeker.hurry('any', now);
      this.#seeker.abandon('nothing carries any more'); // what it still tries is not all there is to try
    }
    if (!wants.any) this.#nothingSince = null;
    return this.#seeker.seek(wants, this.#current?.via ?? null, this.#options.thread.paths.length < CROWDED_PATHS);
  }

  /** A try has ended. What it was for and is wanted still, was tried in vain. */
  #ended(tried: Want, words: string): void {
    if (this.#state !== 'keeping') return;
    const { wants } = this.#decide();
    const what = wants[tried] ? tried : tried === 'any' && wants.better ? 'better' : null;
    if (what) {
      const direct = this.#current && !this.#isDirect(this.#current) && this.#seeker.ways.some(({ kind }) => kind === 'direct');
      const missing = { any: 'no way', better: direct ? 'no direct way' : 'no better way', standby: 'no standby' }[what];
      const seconds = Math.ceil((this.#seeker.dueAt(what) - this.#clock.now()) / 1000);
      const next = seconds > 0 ? `the next try is in ${seconds} s` : 'trying again';
      this.#tell('sought', `${missing} yet${words && ` (${words})`}; ${next}`);
    }
    this.#review();
  }

  #tell(kind: PathNews['kind'], reason: string): void {
    this.#teller.tell(kind, this.#current, this.#standby, () => reason);
  }
}
