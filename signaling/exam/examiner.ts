// SPDX-License-Identifier: Apache-2.0
// The suite's half of the exams: gives runs, bounded for each address, and does what they ask towards the asker's own address only.

import { randomBytes } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import { PortholeError } from '../../proto/errors.ts';
import type { Message } from '../../proto/rendezvous.ts';
import type { SocketAddress } from '../../transport/nat/profile.ts';
import type { TcpSockets } from '../../transport/nat/sockets/sockets.ts';
import { type Clock, systemClock } from '../../transport/time/clock.ts';
import { rateKey } from '../shared/caller.ts';
import type { End, Fields } from '../shared/end.ts';
import type { SuiteLimits } from '../shared/limits.ts';
import type { Rates } from '../shared/rates.ts';
import { told } from './addresses.ts';
import type { Seen } from './probe-ports.ts';
import { Run } from './run.ts';

export interface ExaminerOptions {
  readonly sockets: TcpSockets;
  /** Where the suite listens. */
  readonly addresses: readonly string[];
  /** The probe ports, in the order they are told. */
  readonly probePorts: () => readonly SocketAddress[];
  readonly rates: Rates;
  readonly limits: Pick<SuiteLimits, 'examRuns' | 'examMs'>;
  readonly clock?: Clock;
}

interface Running {
  readonly end: End;
  readonly run: Run;
  readonly token: string;
  readonly cancel: () => void;
}

export class Examiner {
  readonly #options: ExaminerOptions;
  readonly #clock: Clock;
  readonly #runs = new Map<End, Running>();

  constructor(options: ExaminerOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * What an end asks (RENDEZVOUS.md section 4.2).
   * @throws PortholeError RATE_LIMITED, NOT_ALLOWED, PROTOCOL_VIOLATED
   */
  async exam(end: End, { begin, callbacks }: Message<'Exam'>): Promise<Fields<'Examination'>> {
    if (begin) await this.#begin(end);
    const running = this.#runs.get(end);
    if (!running) throw new PortholeError('PROTOCOL_VIOLATED', 'no exam run is under way');
    const { run, token } = running;
    const outcomes = callbacks.length > 0 ? await run.callBack(callbacks) : [];
    const ports = told(this.#options.probePorts(), end.caller);
    const probes = run.probes.filter(({ asked, from }) => !asked && from.ip === run.target);
    return {
      ...(begin && { token, slots: told(run.slots, end.caller), resets: told(run.resets, end.caller) }),
      probes: probes.map(({ from, to }) => ({
        port: from.port,
        probePort: ports.findIndex(({ ip, port }) => port === to.port && (ip === to.ip || ip === '')),
      })),
      outcomes,
      other: end.other,
    };
  }

  /** A connection came to a probe port. */
  seen(seen: Seen): () => void {
    const asked = [...this.#runs.values()].filter(({ run }) => run.target === seen.from.ip).map(({ run }) => run.seen(seen));
    return () => {
      for (const tell of asked) tell();
    };
  }

  /** A probe port was asked with a run's token: the end it was given to can be reached there. Over its rate that address is not examined. */
  async token(token: string, from: SocketAddress): Promise<void> {
    const running = [...this.#runs.values()].find((one) => one.token === token);
    if (!running) return;
    const { end, run } = running;
    const six = !isIPv4(from.ip);
    if (six === !isIPv4(end.caller.ip)) {
      // The end's own family: it proves no more than that the address can be reached.
      if (six && from.ip === end.caller.ip) run.target6 = from.ip;
      return;
    }
    end.other = from;
    if ((six ? run.target6 : run.target) !== null) return;
    const within = await this.#options.rates.spend('examsPerAddress', rateKey(from.ip)).then(
      () => true,
      () => false,
    );
    if (!within || this.#runs.get(end) !== running) return;
    if (six) run.target6 = from.ip;
    else if (run.target === null && !this.#busy(from.ip, end)) run.target = from.ip;
  }

  /** An end has left. */
  leave(end: End): void {
    const running = this.#runs.get(end);
    this.#runs.delete(end);
    running?.cancel();
    running?.run.close();
  }

  close(): void {
    for (const end of [...this.#runs.keys()]) this.leave(end);
  }

  async #begin(end: End): Promise<void> {
    const { rates, sockets, addresses } = this.#options;
    const target = [end.caller.ip, end.other?.ip ?? ''].find(isIPv4) ?? null;
    // Whoever has many addresses of IPv6 is not to have one of IPv4 examined without end.
    for (const key of new Set([end.caller.ip, target ?? end.caller.ip].map(rateKey))) await rates.spend('examsPerAddress', key);
    this.leave(end);
    this.#admit(target, end);
    const [first, second] = addresses.map((ip) => (ip === '::' ? '0.0.0.0' : ip)).filter(isIPv4);
    if (first === undefined) throw new PortholeError('NOT_ALLOWED', 'this suite has no IPv4 address to examine from');
    const six = addresses.find(isIPv6);
    const run = await Run.begin({ sockets, first, second, six }, target);
    try {
      if (!end.here) throw new PortholeError('CANCELLED');
      this.leave(end);
      this.#admit(target, end); // another may have begun meanwhile
    } catch (error) {
      run.close();
      throw error;
    }
    const cancel = this.#clock.after(this.#options.limits.examMs, () => this.leave(end));
    this.#runs.set(end, { end, run, token: randomBytes(16).toString('base64url'), cancel });
  }

  /** @throws PortholeError RATE_LIMITED */
  #admit(target: string | null, end: End): void {
    // Two at a time could not tell their connections apart.
    if (target !== null && this.#busy(target, end)) throw new PortholeError('RATE_LIMITED', 'this address is being examined already');
    if (this.#runs.size >= this.#options.limits.examRuns) throw new PortholeError('RATE_LIMITED', 'too many exams at once');
  }

  #busy(target: string, end: End): boolean {
    return [...this.#runs.values()].some((one) => one.run.target === target && one.end !== end);
  }
}
