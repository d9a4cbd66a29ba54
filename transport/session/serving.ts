// SPDX-License-Identifier: Apache-2.0
// What a host does with a session's streams beyond carrying them: bounds the requests that run, and tolerates resets within limits.

import { PortholeError } from '../../proto/errors.ts';
import { MAX_ABANDONED, MAX_STREAMS, MAX_TUNNELS } from '../../proto/limits.ts';
import type { Clock } from '../time/clock.ts';
import { Handlers } from './handlers.ts';
import { parsePriority } from './priority.ts';
import { ResetBudget } from './reset-budget.ts';
import type { Stream } from './stream.ts';
import { BEGIN_MS, TAKE_MS, TurnBudget } from './turn-budget.ts';

/** Requests of a visitor that gives up many are begun so late, in milliseconds: those that are given up by then cost nothing. */
export const HESITATION_MS = 20;

export class Serving {
  readonly #taking: TurnBudget;
  readonly #clock: Clock;
  readonly #handlers: Handlers<Stream>;
  readonly #resets: ResetBudget;
  readonly #tunnels = new Set<Stream>();

  /** @param onStream does the work of a stream; resolves when there is no more of it. MAX_STREAMS run at once */
  constructor(clock: Clock, onStream: (stream: Stream) => Promise<void>) {
    this.#taking = new TurnBudget(clock, TAKE_MS);
    this.#clock = clock;
    this.#handlers = new Handlers({ most: MAX_STREAMS, abandoned: MAX_ABANDONED }, onStream, new TurnBudget(clock, BEGIN_MS));
    this.#resets = new ResetBudget(clock.now());
  }

  /** Requests that run, also those whose streams are over. */
  get running(): number {
    return this.#handlers.running;
  }

  /** A frame came. Returns whether this session has had its turn; then `goOn` is called in the next one. */
  took(goOn: () => void): boolean {
    const waits = this.#taking.spent;
    this.#taking.use();
    if (waits) this.#taking.onceRenewed(goOn);
    return waits;
  }

  /** A visitor opened a stream: puts its request to the site. */
  opened(stream: Stream): void {
    if (stream.request.protocol) {
      if (this.#tunnels.size >= MAX_TUNNELS)
        return stream.reset(new PortholeError('TOO_MANY_STREAMS', `more than ${MAX_TUNNELS} tunnels at once`));
      this.#tunnels.add(stream);
    }
    stream.flow.priority = parsePriority(stream.request.headers.find(({ name }) => name === 'priority')?.value);
    const begin = (): void => {
      if (stream.failure === null) this.#handlers.begin(stream);
      else stream.drop(stream.failure); // nobody will read what has come
    };
    if (this.#resets.many) this.#clock.after(HESITATION_MS, begin);
    else begin();
  }

  over(stream: Stream): void {
    this.#tunnels.delete(stream);
    if (this.#handlers.over(stream) && stream.failure) stream.drop(stream.failure);
    if (stream.failure === null) this.#resets.answered();
  }

  /** A visitor gave a stream up. Returns why the session ends, when that was one too many. */
  gaveUp(): PortholeError | null {
    return this.#resets.spend(this.#clock.now());
  }
}
