// SPDX-License-Identifier: Apache-2.0
// What a visit knows of its own network: when it is examined, and where the findings are sent.

import type { Nat } from '../../proto/rendezvous.ts';
import { type Examiner, OwnNat } from '../../transport/nat/exam/own-nat.ts';
import type { NatProfile } from '../../transport/nat/profile.ts';
import type { Rendezvous } from '../../transport/rendezvous/client.ts';
import type { StrategyInfo } from '../../transport/strategy/strategy.ts';
import type { Clock } from '../../transport/time/clock.ts';

/**
 * What is remembered of the network is used at once. Exams wait until a direct path stands, or so long after the suite's welcome,
 * in milliseconds: beside a punch they would take the ports that it has predicted, and the punch those of the exams.
 */
const EXAMINE_AFTER_MS = 2500;

export interface OwnNetworkOptions {
  readonly rendezvous: Pick<Rendezvous, 'ask' | 'tell' | 'greeting'>;
  readonly examine?: Examiner | undefined;
  readonly clock: Clock;
  /** More is known than before: a strategy that failed may do now. */
  readonly onLearned: () => void;
}

export class OwnNetwork {
  readonly #nat: OwnNat;
  readonly #clock: Clock;
  #cancel: () => void = () => {};
  #due: () => void = () => {};

  constructor({ rendezvous, examine, clock, onLearned }: OwnNetworkOptions) {
    this.#clock = clock;
    this.#nat = new OwnNat({ rendezvous, examine, onLearned });
  }

  /** What is known now. */
  get profile(): NatProfile {
    return this.#nat.profile;
  }

  /** The same as a message. */
  get wire(): Nat {
    return this.#nat.wire;
  }

  /** The suite has welcomed this end. */
  welcomed(): void {
    this.#cancel();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#due = resolve;
    this.#cancel = this.#clock.after(EXAMINE_AFTER_MS, resolve);
    this.#nat.examine(promise);
  }

  /** A path carries; when it is a direct one, nothing better is being tried. */
  carried({ kind }: StrategyInfo): void {
    if (kind === 'direct') this.#due();
  }

  close(): void {
    this.#cancel();
    this.#nat.close();
  }
}
