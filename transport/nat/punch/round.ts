// SPDX-License-Identifier: Apache-2.0
// One round at one end (Fig. 5 of the patent), as a state table: states, transitions, time-outs and actions; and the notes of a round.

import { asPortholeError, PortholeError } from '../../../proto/errors.ts';
import type { Call } from '../../strategy/strategy.ts';
import { FULL_TTL, type TcpSockets } from '../sockets/sockets.ts';
import type { Arrivals } from './arrivals.ts';
import type { Learned } from './learn.ts';
import { ASSUMED_HOPS, LEARN_MS, NOTE_MS, TRY_MS } from './limits.ts';
import type { Note, Outside, RoundFacts } from './notes.ts';
import type { Part, Stage, Technique } from './technique.ts';

export type State =
  | 'learning' // asks the suite for its outside port
  | 'heard' // the same, and knows the other end's already
  | 'told' // has told its own; waits for the other end's
  | 'ready' // knows both; waits until the opener has opened
  | 'opening' // sends the SYN that opens its own NAT
  | 'trying' // has opened, or connects; a connection that stands ends every round
  | 'failed';

export type Event =
  | 'learned' // Fig. 5, steps 1 to 4: the suite saw this end's outside port
  | 'here' // the other end's note "here"
  | 'opened' // this end's SYN is out
  | 'open' // the other end's note "open"
  | 'broke' // this end cannot go on
  | 'gave-up' // the other end's note "failed"
  | 'late'; // the state took too long

export type Action = 'tell-here' | 'send-opening' | 'tell-open' | 'connect' | 'tell-failed' | 'close';

/** One row: in this state, when that happens, to this part, go there and do these. */
export interface Row {
  readonly in: State;
  readonly when: Event;
  readonly who: Part | 'both';
  readonly next: State;
  readonly do: readonly Action[];
}

const row = (state: State, when: Event, who: Row['who'], next: State, ...actions: Action[]): Row => ({
  in: state,
  when,
  who,
  next,
  do: actions,
});

const UNDER_WAY: readonly State[] = ['learning', 'heard', 'told', 'ready', 'opening', 'trying'];

export const TABLE: readonly Row[] = [
  // Steps 1 to 4: both learn their outside ports; step 5 and 7: each is told the other's.
  row('learning', 'learned', 'both', 'told', 'tell-here'),
  row('learning', 'here', 'both', 'heard'),
  row('heard', 'learned', 'opener', 'opening', 'tell-here', 'send-opening'),
  row('heard', 'learned', 'connecter', 'ready', 'tell-here'),
  // Step 6: the opener opens its NAT, and reports.
  row('told', 'here', 'opener', 'opening', 'send-opening'),
  row('told', 'here', 'connecter', 'ready'),
  row('opening', 'opened', 'opener', 'trying', 'tell-open'),
  // Step 8: the connecter connects.
  row('ready', 'open', 'connecter', 'trying', 'connect'),
  ...UNDER_WAY.map((state) => row(state, 'broke', 'both', 'failed', 'tell-failed', 'close')),
  ...UNDER_WAY.map((state) => row(state, 'gave-up', 'both', 'failed', 'close')),
  ...UNDER_WAY.map((state) => row(state, 'late', 'both', 'failed', 'tell-failed', 'close')),
];

/** How long an end stays in a state, in milliseconds; null: as long as it likes. */
export const TIME_OUTS: Readonly<Record<State, number | null>> = {
  learning: LEARN_MS,
  heard: LEARN_MS,
  told: NOTE_MS,
  ready: NOTE_MS,
  opening: NOTE_MS,
  trying: TRY_MS,
  failed: null,
};

/** The row for an event; null when it changes nothing: late, twice, or out of turn. */
export function rowFor(state: State, event: Event, part: Part): Row | null {
  return TABLE.find((row) => row.in === state && row.when === event && (row.who === 'both' || row.who === part)) ?? null;
}

type Here = Extract<Note, { type: 'here' }>;

export interface RoundOptions {
  readonly number: number;
  readonly facts: RoundFacts;
  readonly technique: Technique;
  readonly call: Call;
  readonly sockets: TcpSockets;
  readonly arrivals: Arrivals;
  readonly random: () => number;
  /** The address of the other end, in this round's family. */
  readonly peerIp: string;
  /** Learns this end's outside port, for this part. */
  readonly learn: (part: Part, signal: AbortSignal) => Promise<Learned>;
  readonly tell: (note: Note) => void;
  /** It is known how an end is seen from outside. */
  readonly onKnown: (whose: 'self' | 'peer', outside: Outside) => void;
  /** Both ends have begun to try; how long a fair try takes, in milliseconds. */
  readonly onTrying: (fairMs: number) => void;
  /** It is over at this end, and nothing stood. What was opened is closed. */
  readonly onFailed: (error: PortholeError) => void;
}

export class Round {
  readonly #options: RoundOptions;
  readonly #part: Part;
  readonly #stop = new AbortController();
  #state: State = 'learning';
  #learned: Learned | null = null;
  #theirs: Here | null = null;
  #begunAt = 0;
  #answerMs = Number.POSITIVE_INFINITY; // from the note "round" to the other end's "here"
  #cancelLate: () => void = () => {};

  constructor(options: RoundOptions) {
    this.#options = options;
    this.#part = options.facts.opener === options.call.role ? 'opener' : 'connecter';
  }

  get facts(): RoundFacts {
    return this.#options.facts;
  }

  begin(): void {
    this.#begunAt = this.#options.call.clock.now();
    this.#enter('learning');
    this.#run(() => this.#learn(), null);
  }

  note(note: Extract<Note, { round: number }>): void {
    if (note.type === 'here') {
      this.#theirs ??= note;
      if (this.#options.call.role === 'caller') this.#answerMs = Math.min(this.#answerMs, this.#options.call.clock.now() - this.#begunAt);
      this.#options.onKnown('peer', note);
      this.#on('here');
    } else if (note.type === 'open') this.#on('open');
    else if (note.type === 'failed') this.#on('gave-up', new PortholeError('NO_PATH', `the other end: ${note.reason}`));
  }

  /** Ends it, closing all that did not become a connection. Nothing is told. */
  close(): void {
    this.#enter('failed');
    this.#stop.abort(new PortholeError('CANCELLED', 'the round is over'));
  }

  async #learn(): Promise<void> {
    const learned = await this.#options.learn(this.#part, this.#stop.signal);
    if (this.#stop.signal.aborted) return learned.release();
    this.#learned = learned;
    this.#stop.signal.addEventListener('abort', () => learned.release(), { once: true });
    this.#options.onKnown('self', learned.outside);
    this.#on('learned');
    if (learned.outside.step === null && this.#options.technique.needsPattern)
      this.#on('broke', new PortholeError('STRATEGY_UNFIT', 'the outside ports have no pattern'));
  }

  #on(event: Event, error?: PortholeError): void {
    const row = rowFor(this.#state, event, this.#part);
    if (!row) return;
    this.#enter(row.next);
    for (const action of row.do) this.#do(action, error);
    const { onFailed, onTrying } = this.#options;
    // A note there and back takes as long as both ends' round trips; and what was measured once may have been a bad moment.
    const trips = (this.#rttMs || this.#peerRttMs) + (this.#peerRttMs || this.#rttMs);
    if (row.next === 'trying') onTrying(2 * Math.min(trips, this.#answerMs));
    if (row.next === 'failed') onFailed(error ?? new PortholeError('NO_PATH'));
  }

  #enter(state: State): void {
    this.#cancelLate();
    this.#state = state;
    const ms = TIME_OUTS[state];
    this.#cancelLate =
      ms === null ? () => {} : this.#options.call.clock.after(ms, () => this.#on('late', new PortholeError('TIMED_OUT', LATE[state])));
  }

  #do(action: Action, error: PortholeError | undefined): void {
    const { number, tell, technique } = this.#options;
    switch (action) {
      case 'tell-here':
        if (this.#learned) tell({ type: 'here', round: number, ...this.#learned.outside, rttMs: this.#rttMs });
        return;
      case 'send-opening':
        this.#run(() => technique.open(this.#stage()), 'opened');
        return;
      case 'tell-open':
        tell({ type: 'open', round: number });
        return;
      case 'connect':
        this.#run(() => technique.connect(this.#stage()), null);
        return;
      case 'tell-failed':
        tell({ type: 'failed', round: number, reason: error?.message ?? 'it failed' });
        return;
      case 'close':
        this.close();
    }
  }

  /** Does this end's part at once; whatever it throws, and when, ends the round. What the other end has told may be the cause. */
  #run(part: () => Promise<void>, done: Event | null): void {
    const running = async (): Promise<void> => {
      await part();
      if (done) this.#on(done);
    };
    running().catch((error) => {
      if (!this.#stop.signal.aborted) this.#on('broke', asPortholeError(error, 'NO_PATH'));
    });
  }

  get #rttMs(): number {
    return this.#learned?.rttMs ?? 0;
  }

  get #peerRttMs(): number {
    return this.#theirs?.rttMs ?? 0;
  }

  #stage(): Stage {
    const { facts, sockets, peerIp, call, random, arrivals } = this.#options;
    const learned = this.#learned as Learned;
    const hops = call.self.tcp?.hops ?? ASSUMED_HOPS;
    return {
      facts,
      sockets,
      local: learned.local,
      own: learned.outside,
      peerIp,
      theirs: this.#theirs as Here,
      openingTtl: Math.min(FULL_TTL, hops + (BEYOND[facts.ttl] ?? FULL_TTL)),
      rttMs: this.#rttMs,
      peerRttMs: this.#peerRttMs,
      clock: call.clock,
      random,
      signal: this.#stop.signal,
      took: (socket, origin) => arrivals.take(socket, origin, facts.technique),
    };
  }
}

/** Hops from the outermost NAT that is known of to where the opener's first SYN ends; else it goes all the way. */
const BEYOND: Readonly<Partial<Record<RoundFacts['ttl'], number>>> = { low: 1, far: 2 };

const LATE: Readonly<Record<State, string>> = {
  learning: 'the suite did not say in time how this end is seen from outside',
  heard: 'the suite did not say in time how this end is seen from outside',
  told: 'the other end did not tell its outside port in time',
  ready: 'the other end did not open its NAT in time',
  opening: 'this end could not open its NAT in time',
  trying: 'no connection stood in time',
  failed: 'it is over',
};
