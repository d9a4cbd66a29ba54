// SPDX-License-Identifier: Apache-2.0
// One end of one punching attempt: tries direct candidates at once, then rounds; the first proven connection ends it.

import { asPortholeError, PortholeError } from '../../../proto/errors.ts';
import type { Connection } from '../../channel/connection.ts';
import type { Call } from '../../strategy/strategy.ts';
import { outsideOf } from '../addresses.ts';
import type { NatProfile } from '../profile.ts';
import type { TcpSockets } from '../sockets/sockets.ts';
import type { Ahead } from './ahead.ts';
import { Arrivals } from './arrivals.ts';
import { offerDirect, reachDirect } from './direct.ts';
import { asItIs, type Learned, learn, requestFor } from './learn.ts';
import { BELIEVING_ROUNDS, MAX_BIRTHDAYS, MAX_PUNCH_NOTES, MAX_ROUNDS, NOTE_MS } from './limits.ts';
import { decodeNote, encodeNote, type Note, type Outside, type RoundFacts } from './notes.ts';
import { plan, type Step } from './plan.ts';
import { Round } from './round.ts';
import type { Part, Technique, Techniques } from './technique.ts';

/** What one program's attempts have in common. */
export interface Bench {
  readonly sockets: TcpSockets;
  /** The addresses of this machine, in their canonical spelling. */
  readonly own: readonly string[];
  readonly techniques: Techniques;
  /** Whether addresses that need no punch are told and tried, too. */
  readonly direct: boolean;
  readonly random: () => number;
  readonly ahead: Ahead;
  readonly birthdays: Set<Round>;
}

/** How much longer than a fair try a round has to itself before the next begins beside it, in milliseconds. */
const PATIENCE_MS = 150;

/**
 * Punches. @param via the strategy's name
 * @throws PortholeError NO_PATH naming what became of each technique, NOT_ALLOWED, PROTOCOL_VIOLATED, or the signal's reason
 */
export async function punch(bench: Bench, call: Call, via: string, signal: AbortSignal): Promise<Connection> {
  signal.throwIfAborted();
  return new Attempt(bench, call, via, signal).begin();
}

class Attempt {
  readonly #bench: Bench;
  readonly #call: Call;
  readonly #signal: AbortSignal;
  readonly #outcome = Promise.withResolvers<Connection>();
  readonly #stop = new AbortController();
  readonly #arrivals: Arrivals;
  readonly #rounds = new Map<number, Round>();
  readonly #tried = new Set<string>();
  readonly #failures: string[] = [];
  readonly #shown: Record<'self' | 'peer', Outside | null> = { self: null, peer: null }; // by rounds
  #next = 0; // the number of the next round
  #directs = 0; // candidates under way
  #over = false;
  #cancelNext: () => void = () => {};

  constructor(bench: Bench, call: Call, via: string, signal: AbortSignal) {
    this.#bench = bench;
    this.#call = call;
    this.#signal = signal;
    this.#shown.self = bench.ahead.seen(outsideOf(call.self, 4));
    const { id, role, clock } = call;
    const onChosen = (connection: Connection): void => {
      this.#settle();
      this.#outcome.resolve(connection);
    };
    this.#arrivals = new Arrivals({ call: id, role, via, clock, onChosen });
  }

  begin(): Promise<Connection> {
    this.#signal.addEventListener('abort', this.#abort, { once: true });
    this.#listen().catch((error) => this.#fail(asPortholeError(error)));
    if (this.#bench.direct) this.#offer().catch((error) => this.#fail(asPortholeError(error)));
    if (this.#call.role === 'caller') this.#plan().catch((error) => this.#fail(asPortholeError(error)));
    return this.#outcome.promise;
  }

  async #plan(): Promise<void> {
    const { ahead, direct } = this.#bench;
    await ahead.nearly(this.#call.clock);
    this.#shown.self ??= ahead.seen(outsideOf(this.#call.self, 4));
    if (this.#over) return;
    if (direct && !this.#planned()) this.#awaitCandidates();
    this.#advance();
  }

  readonly #abort = (): void => this.#fail(this.#signal.reason);

  async #offer(): Promise<void> {
    const { signal } = this.#stop;
    const list = await offerDirect(this.#call, this.#arrivals, this.#bench.own, signal).catch(() => []);
    if (!signal.aborted && list.length > 0) this.#tell({ type: 'candidates', list });
  }

  async #listen(): Promise<void> {
    const { signal } = this.#stop;
    for (let count = 0; !this.#over; count++) {
      if (count > MAX_PUNCH_NOTES) throw new PortholeError('PROTOCOL_VIOLATED', 'the other end sends notes without end');
      const note = decodeNote(await this.#call.line.receive(signal));
      if (note && !this.#over) this.#hear(note);
    }
  }

  #hear(note: Note): void {
    const { role } = this.#call;
    if (note.type === 'candidates') this.#reach(note.list);
    else if (note.type === 'end' && role === 'callee') this.#fail(new PortholeError('NO_PATH', 'the other end has given up'));
    else if (note.type === 'round') {
      if (role !== 'callee' || note.round < this.#next)
        throw new PortholeError('PROTOCOL_VIOLATED', 'the other end began a round out of turn');
      this.#next = note.round + 1;
      this.#begin(note.round, note);
    } else if ('round' in note) this.#rounds.get(note.round)?.note(note);
  }

  /** There is nothing to punch: the other end may be reached as it is, and then says where. */
  #awaitCandidates(): void {
    this.#directs++;
    const cancel = this.#call.clock.after(NOTE_MS, () => {
      this.#directs--;
      this.#endIfNothingIsLeft();
    });
    this.#stop.signal.addEventListener('abort', cancel, { once: true });
  }

  #reach(list: Extract<Note, { type: 'candidates' }>['list']): void {
    if (!this.#bench.direct) return;
    this.#directs++;
    reachDirect(this.#call, this.#arrivals, list, this.#stop.signal)
      .then((why) => {
        this.#directs--;
        if (why) this.#failures.push(`direct: ${why}`);
        this.#endIfNothingIsLeft();
      })
      .catch((error) => this.#fail(asPortholeError(error)));
  }

  /** The caller's side: begins the next round of the plan. */
  #advance(): void {
    if (this.#over || this.#call.role !== 'caller') return;
    this.#cancelNext();
    const step = this.#planned();
    if (!step || this.#next >= MAX_ROUNDS) return this.#endIfNothingIsLeft();
    const { reason: _, ...facts } = step;
    this.#tried.add(keyOf(step));
    const round = this.#next++;
    this.#tell({ type: 'round', round, ...facts });
    this.#begin(round, facts);
    // The same with the parts exchanged costs two SYNs, and spares a wait where one of the two NATs is not as it was taken to be.
    if (facts.technique === 'guarded' && this.#planned()?.technique === 'guarded' && this.#rounds.size === 1) this.#advance();
  }

  #planned(): Step | undefined {
    const { techniques } = this.#bench;
    return plan(this.#profile('self'), this.#profile('peer'), this.#call.role).find(
      (step) => techniques[step.technique] && !this.#tried.has(keyOf(step)),
    );
  }

  #begin(number: number, facts: RoundFacts): void {
    const { call, outside } = { call: this.#call, outside: outsideOf(this.#call.peer, facts.family) };
    const { sockets, techniques, random, birthdays } = this.#bench;
    const technique = techniques[facts.technique];
    if (!technique) return this.#tell({ type: 'failed', round: number, reason: `${facts.technique} is not used here` });
    // One storm at a time: small routers keep their tables.
    if (facts.technique === 'birthday')
      for (const [at, { facts: before }] of this.#rounds) if (before.technique === 'birthday') this.#drop(at);
    const round: Round = new Round({
      number,
      facts,
      technique,
      call,
      sockets,
      arrivals: this.#arrivals,
      random,
      peerIp: outside ?? '',
      learn: (part, signal) => this.#learn(number, facts, technique, part, outside, signal),
      tell: (note) => this.#tell(note),
      onKnown: (whose, outside) => this.#known(facts, whose, outside),
      onTrying: (fairMs) => {
        this.#cancelNext();
        this.#cancelNext = call.clock.after(fairMs + PATIENCE_MS, () => this.#advance());
      },
      onFailed: (error) => {
        this.#failures.push(`${facts.technique}: ${error.message}`);
        this.#drop(number);
        // One that was begun after it has its own time.
        if (number === this.#next - 1 || this.#rounds.size === 0) this.#advance();
      },
    });
    this.#rounds.set(number, round);
    if (facts.technique === 'birthday') birthdays.add(round);
    round.begin();
  }

  async #learn(
    number: number,
    facts: RoundFacts,
    technique: Technique,
    part: Part,
    peerIp: string | undefined,
    signal: AbortSignal,
  ): Promise<Learned> {
    const { sockets, own, ahead, birthdays } = this.#bench;
    const { family } = facts;
    if (birthdays.size > MAX_BIRTHDAYS && facts.technique === 'birthday')
      throw new PortholeError('RATE_LIMITED', 'this end has a birthday punch under way already');
    if (peerIp === undefined) throw new PortholeError('STRATEGY_UNFIT', `the suite has not seen the other end come by IPv${family}`);
    const self = this.#profile('self');
    const found = await requestFor({ ...this.#call, self }, sockets, own, family, signal);
    const request = { ...found, rttMs: ahead.rttMs(outsideOf(self, 4)) };
    // A round of an address of this machine's own has nothing to learn.
    if (own.includes(request.outsideIp)) return asItIs(request);
    const chance = request.step === null && technique.learn;
    if (family === 4 && number < BELIEVING_ROUNDS && facts.technique !== 'mapped' && !chance) {
      const soon = number === 0 && facts.technique === 'predicted';
      const ready = await (!request.step ? ahead.take(request) : soon ? ahead.series(request) : null);
      if (ready) return ready;
    }
    const inItsWay = await technique.learn?.({ ...request, lowRange: () => ahead.lowRange(request) }, part);
    if (inItsWay) return inItsWay;
    const learned = await learn({ ...request, probes: request.step === 0 ? 1 : technique.probes });
    if (family === 4) ahead.saw(request, learned);
    return learned;
  }

  /** A round has shown how an end is seen from outside: what was only assumed is known now. */
  #known({ family, technique }: RoundFacts, whose: 'self' | 'peer', outside: Outside): void {
    if (family === 6 || technique === 'mapped') return;
    this.#shown[whose] = outside;
  }

  /** What is known of an end by now: the exams may have come to their end meanwhile. */
  #profile(whose: 'self' | 'peer'): NatProfile {
    const shown = this.#shown[whose];
    return shown ? corrected(this.#call[whose], shown) : this.#call[whose];
  }

  #drop(number: number): void {
    const round = this.#rounds.get(number);
    if (!round) return;
    this.#rounds.delete(number);
    this.#bench.birthdays.delete(round);
    round.close();
  }

  #endIfNothingIsLeft(): void {
    if (this.#over || this.#call.role !== 'caller' || this.#rounds.size > 0 || this.#directs > 0) return;
    if (this.#next < MAX_ROUNDS && this.#planned()) return;
    const why = [...new Set(this.#failures)].join('; ') || 'there is nothing to try';
    this.#fail(new PortholeError('NO_PATH', `no TCP connection could be punched (${why})`));
  }

  #tell(note: Note): void {
    if (this.#over) return;
    try {
      this.#call.line.send(encodeNote(note));
    } catch (error) {
      this.#fail(asPortholeError(error));
    }
  }

  #fail(reason: Error): void {
    if (this.#over) return;
    if (this.#call.role === 'caller') this.#tell({ type: 'end' });
    this.#settle();
    this.#outcome.reject(reason);
  }

  #settle(): void {
    this.#over = true;
    this.#cancelNext();
    this.#signal.removeEventListener('abort', this.#abort);
    for (const number of [...this.#rounds.keys()]) this.#drop(number);
    this.#stop.abort(new PortholeError('CANCELLED', 'the punch is over'));
    this.#arrivals.close();
  }
}

const keyOf = ({ technique, opener, ttl, family, sockets }: RoundFacts): string => [technique, opener, ttl, family, sockets].join();

/** What a round has shown in place of what was assumed, or was once: an exam's finding stays where the two agree in kind. */
function corrected(profile: NatProfile, { step }: Outside): NatProfile {
  const known = profile.tcp?.mapping;
  const kind = (gap: number | null): number => (gap === null ? 2 : Math.abs(Math.sign(gap)));
  if (known ? kind(known.behaviour === 'endpoint-independent' ? 0 : known.step) === kind(step) : step === 0) return profile;
  const behaviour = step === 0 ? 'endpoint-independent' : 'address-and-port-dependent';
  return { ...profile, tcp: { ...profile.tcp, mapping: { behaviour, step } } };
}
