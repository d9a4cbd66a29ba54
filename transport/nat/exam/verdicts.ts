// SPDX-License-Identifier: Apache-2.0
// Collects the observations of an exam run, and computes the verdicts of the SYN exams from them. Pure.

import { CallbackOutcome } from '../../../proto/rendezvous.ts';
import type { Behaviour, TcpProfile } from '../profile.ts';
import type { Fate } from './syn-probe.ts';

/** Tries that agree, and decide: at 2 % loss each way one in 600 runs errs. */
export const FEW_TRIES = 2;
/** The same where one try more costs little, or little else would show a mistake: one in 15,000. */
export const MOST_TRIES = 3;
const ANSWERS: Readonly<Record<number, TcpProfile['unsolicited']>> = {
  [CallbackOutcome.RST]: 'rst',
  [CallbackOutcome.ICMP]: 'icmp',
  [CallbackOutcome.CONNECTED]: 'accepted',
};
/** Hops that are tried; a NAT further away is not looked for. */
export const MOST_HOPS = 4;

/** Tries of one thing: how many, and how often it happened. */
export class Tries {
  count = 0;
  came = 0;
  /** How often the suite could not. */
  unable = 0;

  note(happened: boolean): void {
    this.count++;
    if (happened) this.came++;
  }

  get happened(): boolean {
    return this.came > 0;
  }

  /** For what cannot happen by chance: true, false after enough tries, or undefined: not known. */
  verdict(enough = FEW_TRIES): boolean | undefined {
    if (this.happened) return true;
    return this.count >= enough ? false : undefined;
  }

  /** For what a lost packet can bring about as well as prevent: what FEW_TRIES say alike. */
  get majority(): boolean | undefined {
    if (this.came >= FEW_TRIES) return true;
    return this.failed >= FEW_TRIES ? false : undefined;
  }

  /** The same of so many, where those that say otherwise count against it. */
  leadBy(tries: number): boolean | undefined {
    return Math.abs(this.came - this.failed) < tries ? undefined : this.came > this.failed;
  }

  /** Whether one more makes sense. */
  get possible(): boolean {
    return this.unable < FEW_TRIES;
  }

  get failed(): number {
    return this.count - this.came;
  }

  /** Whether it happened in more tries than not, so far. */
  get mostly(): boolean {
    return 2 * this.came > this.count;
  }
}

export class Verdicts {
  readonly full = new Tries();
  readonly fresh = new Tries();
  readonly reset = new Tries();
  readonly hairpin = new Tries();
  /** Callbacks at a mapping from another port, and from another address. */
  readonly otherPort = new Tries();
  readonly otherAddress = new Tries();
  /** The same of UDP. */
  readonly udpOtherPort = new Tries();
  readonly udpOtherAddress = new Tries();
  /** By time to live: whether a SYN that lives so long opened the NAT, and what became of one without guard. */
  readonly low = new Map<number, Tries>();
  readonly fates = new Map<number, Fate>();
  readonly #looks = new Map<number, number>();
  /** SYNs that nobody asked for and nothing answered: silence counts after MOST_TRIES only. */
  silences = 0;
  readonly #answers = new Map<NonNullable<TcpProfile['unsolicited']>, number>();

  /** What came of a SYN that nobody asked for: to a port nobody uses, or one that the NAT lets this stranger not in by. */
  unasked(outcome: number): void {
    if (outcome === CallbackOutcome.SILENCE) this.silences++;
    const answer = ANSWERS[outcome];
    if (answer) this.#answers.set(answer, (this.#answers.get(answer) ?? 0) + 1);
  }

  /** How often the answer was heard that came most often. */
  get heard(): number {
    return Math.max(0, ...this.#answers.values());
  }

  /**
   * What answers such SYNs. One answer alone may be a neighbour's: a port that was thought to be nobody's has a mapping, through
   * which everybody is let in, and the machine behind it refuses.
   */
  get answer(): TcpProfile['unsolicited'] {
    return this.#heardOften(FEW_TRIES) ?? (this.silences >= MOST_TRIES ? 'silence' : undefined);
  }

  /** The same at a port that is surely the end's own: the first answer tells. */
  get ownAnswer(): TcpProfile['unsolicited'] {
    return this.#heardOften(1) ?? this.answer;
  }

  #heardOften(times: number): TcpProfile['unsolicited'] {
    return [...this.#answers].find(([, heard]) => heard >= times)?.[0];
  }

  lowAt(ttl: number): Tries {
    const tries = this.low.get(ttl) ?? new Tries();
    this.low.set(ttl, tries);
    return tries;
  }

  /** The fate of a SYN of that life was looked at. */
  look(ttl: number, fate: Fate): void {
    this.#looks.set(ttl, (this.#looks.get(ttl) ?? 0) + 1);
    if (fate !== 'silence' || !this.fates.has(ttl)) this.fates.set(ttl, fate);
  }

  /** Whether it is to be looked at once more: silence may be a packet that was lost. */
  unseen(ttl: number): boolean {
    return (this.fates.get(ttl) ?? 'silence') === 'silence' && (this.#looks.get(ttl) ?? 0) < MOST_TRIES;
  }

  /** The shortest-lived SYN that opened the NAT. */
  get opener(): number | undefined {
    return [...this.low].flatMap(([ttl, { mostly, majority }]) => (mostly || majority ? [ttl] : [])).sort((a, b) => a - b)[0];
  }

  /** Whether a SYN comes in from where one was sent to. */
  get synOutSynIn(): boolean | undefined {
    if (this.fresh.happened || this.reset.happened || [...this.low.values()].some(({ happened }) => happened)) return true;
    // Those taken back failed too, then.
    return this.full.verdict();
  }

  /** Hops to the NAT: a SYN that dies behind it has opened it, one that lives a hop less has not. */
  get hops(): number | undefined {
    const { opener } = this;
    if (opener === undefined || this.fates.get(opener) === 'arrived' || this.unseen(opener)) return undefined;
    for (let ttl = 2; ttl < opener; ttl++) if (this.lowAt(ttl).majority !== false) return undefined;
    return opener - 1;
  }

  /**
   * A SYN died behind the NAT, the error came back, and the NAT let in what came next: that does not close it. It does where
   * all that died left it shut, and one that arrived did not.
   */
  get timeExceededCloses(): boolean | undefined {
    const { opener, fates } = this;
    // Once may be an error that was lost.
    if (opener !== undefined && fates.get(opener) === 'icmp') return this.lowAt(opener).majority === true ? false : undefined;
    const died = this.#shut.some(([ttl]) => fates.get(ttl) === 'icmp') && this.#allShut;
    const arrives = opener !== undefined ? fates.get(opener) === 'arrived' : this.full.happened;
    return arrives && died ? true : undefined;
  }

  /** The lives that did not open the NAT. */
  get #shut(): [number, Tries][] {
    return [...this.low].filter(([ttl]) => ttl < (this.opener ?? MOST_HOPS + 1));
  }

  /**
   * Whether it is sure of all those lives. That Time Exceeded closes is what remains when all else failed: that takes one failure
   * more, and another one for each that came in.
   */
  get #allShut(): boolean {
    return this.#shut.every(([, { majority, came, failed }]) => majority === false && failed - came >= MOST_TRIES);
  }

  /** How many more SYNs that live so long would tell something. */
  wants(ttl: number): number {
    if (this.synOutSynIn === false) return 0;
    const { majority, came, failed } = this.lowAt(ttl);
    if (majority === undefined) return FEW_TRIES - Math.max(came, failed);
    const arrived = this.opener !== undefined && this.fates.get(this.opener) === 'arrived';
    return majority === false && arrived ? Math.max(MOST_TRIES - (failed - came), 0) : 0;
  }

  get filtering(): Behaviour | undefined {
    return filteringOf(this.otherPort, this.otherAddress);
  }

  get udpFiltering(): Behaviour | undefined {
    return filteringOf(this.udpOtherPort, this.udpOtherAddress);
  }
}

/** Who is let in (RFC 4787 section 5). What needs a second address of the suite, and has none, is not known. */
function filteringOf(otherPort: Tries, otherAddress: Tries): Behaviour | undefined {
  if (otherAddress.happened) return 'endpoint-independent';
  if (otherPort.happened) return otherAddress.verdict(MOST_TRIES) === false ? 'address-dependent' : undefined;
  return otherPort.verdict(MOST_TRIES) === false ? 'address-and-port-dependent' : undefined;
}
