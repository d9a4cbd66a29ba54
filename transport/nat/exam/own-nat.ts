// SPDX-License-Identifier: Apache-2.0
// What an end knows of its own network: at once what the suite sees, later what an examiner finds out.

import type { PortholeError } from '../../../proto/errors.ts';
import type { Nat } from '../../../proto/rendezvous.ts';
import type { Greeting, Rendezvous } from '../../rendezvous/client.ts';
import type { NatProfile } from '../profile.ts';
import { natToWire } from '../profile.ts';

export interface Examination {
  readonly greeting: Greeting;
  readonly rendezvous: Pick<Rendezvous, 'ask'>;
  /** Told what is known, each time that is more. */
  readonly learned: (nat: NatProfile) => void;
  /** Exams are taken when this resolves, and not before; what is known without them is told at once. */
  readonly due: Promise<void>;
  /** The calls that have come so far, and how many are under way: what exams see beside a call may be its doing. */
  readonly calls: () => CallCount;
  /** Told when this machine is short of what exams take (SOCKET_FAILED and its like): they are tried again. */
  readonly failed: (error: PortholeError) => void;
}

/** How many calls have come, and how many of them are under way. */
export interface CallCount {
  readonly come: number;
  readonly open: number;
}

/**
 * Finds out what a network does, in the background: from what was found before where that still holds, else by exams at the suite.
 * Where the suite offers none it does nothing. Never throws.
 * @returns what ends it
 */
export type Examiner = (examination: Examination) => () => void;

export interface OwnNatOptions {
  readonly rendezvous: Pick<Rendezvous, 'ask' | 'tell' | 'greeting'>;
  readonly examine?: Examiner | undefined;
  readonly onLearned?: (nat: NatProfile) => void;
  /** The calls of this end; none when left out. */
  readonly calls?: () => CallCount;
  /** Exams failed for what this machine is short of. */
  readonly onFailed?: (error: PortholeError) => void;
}

export class OwnNat {
  readonly #options: OwnNatOptions;
  #found: NatProfile = {};
  #foundAt = ''; // the outside address
  #behindNat: boolean | undefined;
  #stop: () => void = () => {};
  #greeting: Greeting | null = null;

  constructor(options: OwnNatOptions) {
    this.#options = options;
  }

  /** What is known now. */
  get profile(): NatProfile {
    const observed = this.#options.rendezvous.greeting?.observed;
    return {
      ...this.#found,
      ...(observed && { observed }),
      ...(this.#behindNat !== undefined && { behindNat: this.#behindNat }),
    };
  }

  get wire(): Nat {
    return natToWire(this.profile);
  }

  /** The suite's word on whether there is a NAT. */
  set behindNat(behindNat: boolean) {
    this.#behindNat = behindNat;
  }

  /**
   * Examines the network, once for each connection to the suite: it comes back when the network changes, and it alone knows.
   * @param due when exams may be taken; at once when left out
   */
  examine(due: Promise<void> = Promise.resolve()): void {
    const { rendezvous, examine, onLearned, onFailed, calls = () => ({ come: 0, open: 0 }) } = this.#options;
    const { greeting } = rendezvous;
    if (!examine || !greeting || this.#greeting === greeting) return;
    this.#stop();
    this.#greeting = greeting;
    // What was found elsewhere is not true here.
    if (this.#foundAt !== greeting.observed.ip) this.#found = {};
    this.#foundAt = greeting.observed.ip;
    this.#stop = examine({
      greeting,
      rendezvous,
      due,
      calls,
      failed: (error) => onFailed?.(error),
      learned: (nat) => {
        this.#found = nat;
        rendezvous.tell('Examined', { nat: this.wire });
        onLearned?.(this.profile);
      },
    });
  }

  close(): void {
    this.#stop();
  }
}
