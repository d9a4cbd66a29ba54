// SPDX-License-Identifier: Apache-2.0
// The set of a session's paths: how closely each is watched, and the events about them.

import type { Path, PathEvent } from './path.ts';
import type { PathEnd } from './path-end.ts';
import { Patience } from './patience.ts';
import { Sending } from './sending.ts';
import type { Watch } from './watch.ts';

export abstract class SessionPaths extends Sending {
  /** Every path that is not gone, in the order they came. */
  protected readonly ends = new Set<PathEnd>();
  #attended = false;
  #pathCount = 0;
  readonly #listeners = new Set<(event: PathEvent) => void>();
  readonly #untold: PathEvent[] = [];
  readonly #patience = new Patience();

  /** The strategy of the path in use; '' while there is none. */
  get via(): string {
    return this.#inUse?.via ?? '';
  }
  /** The round trip of the path in use, in milliseconds; 0 while there is none, or it is not known. */
  get rttMs(): number {
    return this.#inUse?.rttMs ?? 0;
  }
  /** The live paths, in the order they came. */
  get paths(): readonly Path[] {
    return this.live;
  }
  /** How many times as long as usual to wait before a path is suspect. */
  get patience(): number {
    return this.#patience.at(this.clock.now());
  }
  /** Calls the listener at each event; returns what stops that. */
  onEvent(listener: (event: PathEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Whether somebody waits for what comes: then the path in use is watched closely. */
  attend(closely: boolean): void {
    this.#attended = closely;
    if (!closely) return;
    this.sending?.heartbeat.freshen();
    this.sending?.heartbeat.hurry();
  }

  /** Asks on every live path, and suspects those that give no sign of life within so many milliseconds. */
  probe(withinMs: number): void {
    for (const path of this.live) path.heartbeat.probe(withinMs);
  }

  /** A path is suspect, with why in words; or, with null, no longer. */
  onSuspect(path: PathEnd, reason: string | null): void {
    if (!this.joined.has(path)) return;
    if (reason === null) this.emit({ type: 'recovered', path, reason: 'it gives signs of life again' });
    else {
      if (path === this.sending) this.#patience.doubted(this.clock.now());
      this.emit({ type: 'suspect', path, reason });
    }
    if (path === this.draining && reason !== null) this.giveUpWait();
  }

  /** A question went unanswered: the other paths are asked, too. */
  onDoubt(path: PathEnd): void {
    if (path !== this.sending) return;
    for (const other of this.live) if (other !== path) other.heartbeat.ask();
    if (this.joined.has(path)) this.emit({ type: 'doubted', path, reason: 'a question went unanswered' });
  }

  /** A question was answered. */
  onAnswered(path: PathEnd): void {
    // It answers while the path in use does not: that is what a move waits for.
    if (path !== this.sending && this.sending?.heartbeat.suspect) this.emit({ type: 'answered', path });
  }

  /** Whether another path has answered, and soon, since this one was doubted. */
  answersBeside(path: PathEnd): boolean {
    if (path !== this.sending || this.doubtedAt === null) return false;
    return this.live.some((other) => other !== path && other.proven);
  }

  /** This end hears the other on a path, and has said nothing for a while. */
  onSpeechless(path: PathEnd): void {
    if (path === this.sending) this.receiveWindow.tell();
    else path.acknowledge(() => this.received());
  }

  /** How closely a path is to be watched. */
  watch(path: PathEnd): Watch {
    if (path === this.draining) return 'busy';
    if (path !== this.sending) return 'standby';
    return this.#attended || this.sendWindow.length > 0 ? 'busy' : 'idle';
  }

  /** The paths on which the other end has agreed. */
  protected readonly joined = new Set<PathEnd>();
  protected get live(): PathEnd[] {
    return [...this.joined];
  }

  protected nextId(): number {
    return ++this.#pathCount;
  }

  /**
   * Tells the listeners. What they make happen is told after it, so that all of them hear all in order. What one throws stops
   * neither the others nor the session: the platform tells it as it tells what nobody catches (as with an EventTarget).
   */
  protected emit(event: PathEvent): void {
    this.#untold.push(event);
    if (this.#untold.length > 1) return;
    for (let [next] = this.#untold; next; [next] = this.#untold) {
      for (const listener of [...this.#listeners]) {
        try {
          listener(next);
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      }
      this.#untold.shift();
    }
  }

  get #inUse(): PathEnd | null {
    return this.sending?.phase === 'live' ? this.sending : null;
  }
}
