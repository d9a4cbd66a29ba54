// SPDX-License-Identifier: Apache-2.0
// The path manager: keeps a session on its best path, with another as standby, and looks for missing paths.

import { PortholeError } from '../../proto/errors.ts';
import type { Path, PathEvent } from '../continuity/path.ts';
import type { ResumableVisitor } from '../continuity/visitor.ts';
import type { Policy } from '../strategy/policy.ts';
import type { StrategyInfo } from '../strategy/strategy.ts';
import type { Clock } from '../time/clock.ts';
import { type Decision, decide, type Seen, type Wants } from './decide.ts';
import { carriesOn, type PathNews, pathName, stands, stoodFirst, Teller } from './news.ts';
import { PathRecord } from './record.ts';
import { BRISK_MS, type OpenNamed, PathSearch, WANTS, type Want } from './search.ts';

/** A path that carried for so long was a good one, in milliseconds: when nothing carries after it, the waits begin anew. */
export const CARRIED_MS = 8000;
/** How long after a move a standby is opened, in milliseconds: the move itself comes first. */
export const STANDBY_AFTER_MS = 2000;
/** When the network has changed, paths have this long to show that they still carry, in milliseconds. */
export const PROBE_MS = 2000;
/** Nothing is tried while so many paths are live: a session has at most MAX_PATHS. */
export const CROWDED_PATHS = 4;

export type ManagedSession = Pick<ResumableVisitor, 'paths' | 'onEvent' | 'use' | 'drop' | 'probe'>;

/** What a path manager needs to look after a session. */
export interface PathManagerOptions {
  /** The session. */
  readonly resumable: ManagedSession;
  /** Which strategies may be used, and which rather. */
  readonly policy: Policy;
  /** The strategies this end has. */
  readonly strategies: readonly StrategyInfo[];
  /** Opens connections, and adds each to the session as it stands. */
  readonly open: OpenNamed;
  /** Time. */
  readonly clock: Clock;
  /** Every change, with its reason in words. */
  readonly onNews: (news: PathNews) => void;
  /** From 0 to 1; spreads tries. */
  readonly random?: () => number;
}

/** Keeps one session's paths, at the visitor: it decides where the session is carried. */
export class PathManager {
  readonly #options: PathManagerOptions;
  readonly #clock: Clock;
  readonly #search: PathSearch;
  readonly #teller: Teller;
  readonly #record = new PathRecord();
  #current: Path | null = null;
  #currentSince = 0;
  #standby: Path | null = null;
  #fall = ''; // why the path in use has to be left, in words
  #nothingSince: number | null = null; // that nothing carries
  #wake: () => void = () => {};
  #forget: () => void = () => {};
  #reviewing = false;
  #again = false;
  #end: PortholeError | null = null; // of the session
  #state: 'starting' | 'keeping' | 'finishing' | 'over' = 'starting'; // until a path carries

  constructor(options: PathManagerOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#teller = new Teller(options.clock, options.onNews);
    this.#search = new PathSearch({ ...options, onEnd: (what, words) => this.#ended(what, words) });
  }

  /**
   * Opens the first path; resolves when it carries, and keeps the session from then on.
   * @throws PortholeError why none could be opened (what `open` rejects with, or the session's end); the keeper is over then
   */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#forget = this.#options.resumable.onEvent((event) => {
        this.#hear(event);
        if (this.#current) resolve();
      });
      this.#nothingSince = this.#clock.now();
      void this.#search.begin('any', null).then((error) => {
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
    this.#record.forgive();
    for (const what of WANTS) this.#search.hurry(what, now, what === 'better' ? BRISK_MS : undefined);
    this.#search.abandon(reason);
    this.#tell('changed', reason);
    this.#options.resumable.probe(PROBE_MS);
    this.#review();
  }

  /** More is known of the networks than at the last try: a better path is looked for at once. */
  learned(): void {
    if (this.#state === 'over') return;
    this.#search.learned();
    if (this.#state === 'keeping') this.#review();
  }

  /** The session closes: nothing is looked for or told any more; what it still has to say is carried by the best path until it is over. */
  finish(): void {
    if (this.#state !== 'keeping') return this.stop();
    this.#state = 'finishing';
    this.#teller.stop();
    this.#search.abandon('the session closes');
  }

  /** Ends it: what is under way is stopped. The resumable session and its paths are left as they are. */
  stop(): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#forget();
    this.#wake();
    this.#teller.stop();
    this.#search.abandon('the session is over');
  }

  #hear(event: PathEvent): void {
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
        this.#record.well(event.path, now);
        // The resumable session puts the first on itself.
        if (event.path.state === 'in-use' && !this.#current) this.#moved(event.path, this.#whyUse(event.path));
        break;
      case 'moved':
        if (event.path === this.#current) break;
        if (event.path.state === 'suspect') {
          // The resumable session would rather have this one than none.
          this.#current = event.path;
          this.#tell('silent', `${this.#fall}; ${this.#name(event.path)} is silent, too; looking for another path`);
          break;
        }
        if (!this.#record.isWell(event.path)) this.#record.well(event.path, now);
        this.#moved(event.path, () => event.reason);
        break;
      case 'recovered':
        this.#record.recovered(event.path, now);
        if (event.path === this.#current) {
          this.#nothingSince = null;
          this.#tell('recovered', `${this.#name(event.path)} answers again`);
        }
        break;
      case 'suspect':
        this.#record.silent(event.path);
        if (event.path === this.#current) this.#fell(event.path, 'went silent', 'silent');
        break;
      case 'lost':
        if (event.path === this.#current) {
          this.#current = null;
          this.#fell(event.path, `was lost${event.reason && ` (${event.reason})`}`, 'lost');
        }
        this.#record.gone(event.path);
    }
    this.#review(); // a path that has answered may carry, while the one in use is silent
  }

  /** The path in use fails. */
  #fell(path: Path, how: string, kind: 'silent' | 'lost'): void {
    const now = this.#clock.now();
    this.#teller.hurry();
    this.#fall = `${this.#name(path)} ${how}`;
    if (this.#record.failed(path, now - this.#currentSince)) this.#search.hurry('better', now, BRISK_MS);
    if (this.#options.resumable.paths.some((other) => other !== path && this.#record.isWell(other))) return; // the move tells it
    this.#tell(kind, `${this.#fall}; looking for another path`);
  }

  /** Decides, and does what is decided. What happens meanwhile is looked at next. */
  #review(): void {
    this.#again = true;
    if (this.#reviewing) return;
    this.#reviewing = true;
    try {
      while (this.#again && this.#state !== 'over') {
        this.#again = false;
        this.#settle();
      }
    } finally {
      this.#reviewing = false; // also when who is told throws
    }
  }

  #settle(): void {
    this.#wake();
    const { use, standby, spare, readyAt, wants } = this.#decide();
    if (use) {
      const why = this.#whyUse(use);
      // Before it is used: the resumable session tells of it at once.
      this.#moved(use, why);
      this.#options.resumable.use(use, why());
      this.#again = true;
      return;
    }
    if (this.#current) this.#noteStandby(standby);
    const due = [readyAt, this.#dropSpare(spare), this.#seek(wants)];
    const next = Math.min(...due.map((at) => at ?? Number.POSITIVE_INFINITY));
    if (next < Number.POSITIVE_INFINITY) this.#wake = this.#clock.after(Math.max(0, next - this.#clock.now()), () => this.#review());
  }

  #decide(): Decision<Path> {
    const see = (path: Path): Seen<Path> => ({
      path,
      ...this.#search.place(path.via),
      rttMs: path.rttMs,
      // What makes the path in use silent may make the others so, too: only one that answers is better.
      well: this.#record.isWell(path) && (path === this.#current || path.proven),
      readyAt: this.#record.readyAt(path),
    });
    const current = this.#current;
    const others = this.#options.resumable.paths.filter((path) => path !== current);
    return decide(this.#clock.now(), current && see(current), others.map(see), this.#search.places);
  }

  #name(path: Path): string {
    return pathName(path, this.#options.strategies);
  }

  #moved(path: Path, why: () => string): void {
    const now = this.#clock.now();
    this.#current = path;
    this.#currentSince = now;
    this.#nothingSince = null;
    if (this.#state === 'starting') this.#state = 'keeping';
    this.#search.hurry('standby', now + STANDBY_AFTER_MS);
    this.#standby = this.#decide().standby;
    if (this.#state !== 'finishing') this.#teller.tell('moved', path, this.#standby, why);
  }

  /** Why the session moves to this path, in words that may say how far the peer is on it. */
  #whyUse(path: Path): () => string {
    const old = this.#current;
    const name = this.#name(path);
    if (this.#state === 'starting') {
      const better = this.#search.betterUnderWay(path.via); // now, not when it is told
      return () => stoodFirst(name, better);
    }
    if (!old || !this.#record.isWell(old)) {
      const [fall, lateMs] = [this.#fall, this.#nothingSince === null ? null : this.#clock.now() - this.#nothingSince];
      return () => carriesOn(fall, name, lateMs);
    }
    return () => stands(path, old, this.#options.strategies);
  }

  #noteStandby(standby: Path | null): void {
    const before = this.#standby;
    this.#standby = standby;
    if (standby && standby.via !== before?.via) this.#tell('standby', `${this.#name(standby)} stands by`);
    else if (before && !standby) this.#tell('standby', `${this.#name(before)} stands by no longer`);
  }

  /** Closes what has not been needed for a while. @returns when the next is due */
  #dropSpare(spare: readonly Path[]): number | null {
    for (const path of this.#record.spare(spare, this.#clock.now())) {
      this.#options.resumable.drop(path, new PortholeError('CANCELLED', 'another path carries the session'));
    }
    return this.#record.nextSpareAt;
  }

  /** Tries what is wanted and due. @returns when the next try is due */
  #seek(wants: Wants): number | null {
    const now = this.#clock.now();
    if (wants.any && this.#nothingSince === null) {
      this.#nothingSince = now;
      // Paths that break as soon as they stand are no reason to hurry.
      if (now - this.#currentSince >= CARRIED_MS) this.#search.hurry('any', now);
      this.#search.abandon('nothing carries any more'); // what it still tries is not all there is to try
    }
    if (!wants.any) this.#nothingSince = null;
    if (this.#state === 'finishing') return null;
    return this.#search.seek(wants, this.#current?.via ?? null, this.#options.resumable.paths.length < CROWDED_PATHS);
  }

  /** A try has ended. What it was for and is wanted still, was tried in vain. */
  #ended(tried: Want, words: string): void {
    if (this.#state !== 'keeping') return;
    const { wants } = this.#decide();
    const what = wants[tried] ? tried : tried === 'any' && wants.better ? 'better' : null;
    if (what) this.#tell('sought', this.#search.inVain(what, this.#current?.via ?? null, words));
    this.#review();
  }

  #tell(kind: PathNews['kind'], reason: string): void {
    if (this.#state !== 'finishing') this.#teller.tell(kind, this.#current, this.#standby, () => reason);
  }
}
