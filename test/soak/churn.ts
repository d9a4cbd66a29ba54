// SPDX-License-Identifier: Apache-2.0
// Forces a session from path to path at random moments, by a seed: moved, cut, held, half-dead, without any path.

import { SessionAcceptor } from '../../transport/continuity/acceptor.ts';
import type { Path } from '../../transport/continuity/path.ts';
import { beginResumable } from '../../transport/continuity/visitor.ts';
import { serveSession } from '../../transport/session/host.ts';
import { openSession } from '../../transport/session/visitor.ts';
import type { Clock } from '../../transport/time/clock.ts';
import { systemClock } from '../../transport/time/clock.ts';
import { type Chance, chanceOf } from '../fuzz/hurt.ts';
import { realSeal } from '../support/resumables.ts';
import { type Valve, valveOn } from '../support/valve.ts';
import { Traffic } from './traffic.ts';
import type { Way } from './ways.ts';

/** How much quicker than real time the session's clock goes: silence is noticed in a tenth of the time. */
const HASTE = 10;
/** Milliseconds of real time in which a change has to come about. */
const CHANGE_MS = 30_000;
/** Paths that are kept up. */
const PATHS = 3;

const hasty: Clock = { now: () => systemClock.now() * HASTE, after: (ms, run) => systemClock.after(ms / HASTE, run) };

/** How a change is forced. */
export const KINDS = ['moved', 'cut', 'cut at the host', 'held', 'stalled', 'silent', 'deaf', 'dumb', 'stranded'] as const;
export type Kind = (typeof KINDS)[number];
const WEIGHTS: Readonly<Record<Kind, number>> = {
  moved: 40,
  cut: 16,
  'cut at the host': 10,
  held: 12,
  stalled: 12,
  silent: 3,
  deaf: 3,
  dumb: 3,
  stranded: 4,
};
/** Those that break the path in use. */
const BREAKS: ReadonlySet<Kind> = new Set(['cut', 'cut at the host', 'stranded']);

interface Live {
  readonly path: Path;
  readonly way: Way;
  readonly valve: Valve;
  /** Times that it was held: what was held anew is not let go by an older decision. */
  holds: number;
  cutAtHost(): void;
}

export interface ChurnOptions {
  readonly seed: number;
  /** Changes of the path in use to force. */
  readonly changes: number;
  /** Streams at once. */
  readonly streams: number;
  readonly ways: readonly Way[];
  /** Called after each change. */
  readonly progress?: (churn: Churn) => void;
}

export class Churn {
  readonly kinds: Record<Kind, number> = Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Record<Kind, number>;
  /** Changes by the way that the session went to. */
  readonly vias: Record<string, number> = {};
  /** Paths opened, and refused or failed. */
  opened = 0;
  failed = 0;
  changes = 0;
  readonly traffic: Traffic;
  readonly #options: ChurnOptions;
  readonly #chance: Chance;
  readonly #seal = realSeal();
  readonly #live = new Map<Path, Live>();
  readonly #visitor = beginResumable({ clock: hasty });
  readonly #acceptor: SessionAcceptor;
  #watchers: (() => void)[] = [];
  #over: Error | null = null;
  #opening: Way | null = null;

  constructor(options: ChurnOptions) {
    this.#options = options;
    this.#chance = chanceOf(options.seed);
    this.traffic = new Traffic(options.seed + 1);
    const site = this.traffic.site;
    this.#acceptor = new SessionAcceptor({
      clock: hasty,
      onSession: (resumable) => void serveSession(resumable, site, { session: 'soak', via: 'soak' }, { clock: hasty }),
    });
    this.#visitor.onEvent((event) => {
      if (event.type === 'moved') {
        this.changes++;
        // One that carries at once does so before `add` has told.
        const name = (this.#live.get(event.path)?.way ?? this.#opening)?.name ?? event.path.via;
        this.vias[name] = (this.vias[name] ?? 0) + 1;
      } else if (event.type === 'lost') this.#live.delete(event.path);
      else if (event.type === 'over') this.#over ??= event.error;
      for (const wake of this.#watchers.splice(0)) wake();
    });
  }

  /** Runs to the end. Rejects when the session is lost, a change does not come about, or content is not whole. */
  async run(): Promise<void> {
    const session = openSession(this.#visitor, { clock: hasty });
    await this.#open();
    const traffic = this.traffic.run(session, this.#options.streams);
    traffic.catch((error) => {
      this.#over ??= error;
      for (const wake of this.#watchers.splice(0)) wake();
    });
    try {
      while (this.changes < this.#options.changes) {
        await this.#pause();
        await this.#step();
        this.#options.progress?.(this);
      }
      for (const { valve } of this.#live.values()) valve.release();
      this.traffic.stop();
      await traffic;
    } finally {
      for (const { valve } of this.#live.values()) valve.release();
      await session.close();
      await this.#acceptor.close();
    }
    if (this.#over) throw this.#over;
  }

  /** Short waits of all kinds: within a turn, some turns, some milliseconds. */
  async #pause(): Promise<void> {
    if (this.#chance(4) === 0) await new Promise((resolve) => setTimeout(resolve, this.#chance(8)));
    else for (let turns = this.#chance(6); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
  }

  async #step(): Promise<void> {
    if (this.#over) throw this.#over;
    // Now and then all are used up first, so that a lonely path is lost, too.
    while (this.#visitor.paths.length < PATHS && (this.#visitor.paths.length === 0 || this.#chance(8) > 0)) await this.#open();
    const used = this.#inUse();
    if (!used) return void (await this.#until(() => this.#inUse() !== undefined, 'a path in use'));
    let kind = this.#kind();
    if (BREAKS.has(kind) && !used.way.cheap && this.#chance(20) > 0) kind = 'moved';
    if (this.#over) throw this.#over;
    await this.#force(kind, used);
    this.kinds[kind]++;
  }

  #kind(): Kind {
    let at = this.#chance(Object.values(WEIGHTS).reduce((sum, weight) => sum + weight));
    for (const kind of KINDS) {
      at -= WEIGHTS[kind];
      if (at < 0) return kind;
    }
    return 'moved';
  }

  async #force(kind: Kind, used: Live): Promise<void> {
    const away = (): boolean => {
      const now = this.#inUse();
      return now !== undefined && now !== used;
    };
    const hold = ++used.holds;
    const letGo = (): void => {
      if (used.holds !== hold) return;
      if (used.way.cheap && this.#chance(3) === 0) used.valve.cut();
      else used.valve.release();
    };
    switch (kind) {
      case 'moved':
        return this.#use(used);
      case 'cut':
        used.valve.cut();
        break;
      case 'cut at the host':
        used.cutAtHost();
        break;
      case 'held':
      case 'stalled':
        // Something is on its way that comes late, or never, while the session has gone on.
        if (kind === 'held') used.valve.hold('in');
        used.valve.hold('out');
        await this.#pause();
        await this.#use(used);
        setTimeout(letGo, this.#chance(60));
        return;
      case 'silent':
      case 'deaf':
      case 'dumb':
        if (this.#visitor.paths.length < 2) await this.#open();
        if (kind !== 'dumb') used.valve.hold('in');
        if (kind !== 'deaf') used.valve.hold('out');
        await this.#until(away, `a move away from a ${kind} path`);
        letGo();
        return;
      case 'stranded':
        for (const live of [...this.#live.values()]) if (live.way.cheap || live === used) live.valve.cut();
        for (const live of [...this.#live.values()]) live.valve.cut();
    }
    if (this.#visitor.paths.length <= 1) await this.#open();
    await this.#until(away, `a move after ${kind}`);
  }

  /** Moves to another path, if there is one. */
  async #use(used: Live): Promise<void> {
    const others = [...this.#live.values()].filter((live) => live !== used && live.path.state !== 'suspect');
    if (others.length === 0) return this.#open();
    this.#visitor.use((others[this.#chance(others.length)] as Live).path, 'the soak says so');
  }

  #inUse(): Live | undefined {
    for (const live of this.#live.values()) if (live.path.state === 'in-use' && this.#visitor.via !== '') return live;
    return undefined;
  }

  async #open(): Promise<void> {
    const { ways } = this.#options;
    let way = ways[this.#chance(ways.length)] as Way;
    const dear = [...this.#live.values()].some((live) => !live.way.cheap);
    if (!way.cheap && (dear || this.#chance(10) > 0)) way = ways[this.#chance(ways.length - 1)] as Way;
    const { a, b } = await way.open();
    this.#opening = way;
    const valve = valveOn(a);
    const { visitor, host } = this.#seal(valve.connection, b);
    void this.#acceptor.take(host);
    if (way.cheap && this.#chance(10) === 0) this.#disturb(valve);
    try {
      const path = await this.#visitor.add(visitor);
      this.opened++;
      this.#live.set(path, { path, way, valve, holds: 0, cutAtHost: () => host.abort(new Error('the soak says so')) });
    } catch {
      this.failed++; // cut or held while it joined: the next one is tried
    }
  }

  /** Cuts or stalls a path while it joins. */
  #disturb(valve: Valve): void {
    const cut = this.#chance(2) === 0;
    if (!cut) valve.hold(this.#chance(2) === 0 ? 'in' : 'out');
    setTimeout(() => (cut ? valve.cut() : valve.release()), this.#chance(6));
  }

  async #until(what: () => boolean, words: string): Promise<void> {
    const until = performance.now() + CHANGE_MS;
    while (!what()) {
      if (this.#over) throw this.#over;
      const left = until - performance.now();
      if (left <= 0) throw new Error(`no ${words} within ${CHANGE_MS} ms`);
      if (this.#visitor.paths.length === 0) await this.#open();
      if (what()) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(left, 100));
        this.#watchers.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }
}
