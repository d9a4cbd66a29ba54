// SPDX-License-Identifier: Apache-2.0
// The relay: joins two ends of a call by their tickets and passes bytes both ways, reading nothing but the join.

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { asPortholeError, type ErrorCode, PortholeError } from '../../proto/errors.ts';
import { type Clock, systemClock } from '../../transport/time/clock.ts';
import { addressKey } from './address.ts';
import type { Relay, RelayOptions, RelayStats } from './api.ts';
import { Arrival } from './arrival.ts';
import { Flow } from './flow.ts';
import { relayAnswer } from './join.ts';
import { deaf, type Leg, type LegHolder } from './leg.ts';
import * as limits from './limits.ts';
import { tcpLeg } from './tcp-leg.ts';
import { type EndRole, Tickets } from './tickets.ts';
import { Turns } from './turns.ts';
import { webSocketAcceptor, webSocketLeg } from './web-socket-leg.ts';

/** Makes a relay. It opens no port: sockets are given to it. */
export function createRelay(options: RelayOptions = {}): Relay {
  return new TicketRelay(options);
}

type Place = { [role in EndRole]?: Arrival };

class TicketRelay implements Relay {
  readonly #options: RelayOptions;
  readonly #clock: Clock;
  readonly #tickets: Tickets;
  readonly #failures: RateLimiterMemory;
  readonly #webSockets = webSocketAcceptor();
  readonly #arrivals = new Set<Arrival>();
  readonly #waiting = new Map<string, Place>();
  readonly #flows = new Set<Flow>();
  readonly #turns = new Turns();
  /** Refused ends on their way out. */
  readonly #leaving = new Set<Leg>();
  readonly #refused: Partial<Record<ErrorCode, number>> = {};
  #joined = 0;
  #broken = 0;
  #bytes = 0;
  #stopBeat: () => void;
  #closing = false;
  readonly #empty = Promise.withResolvers<void>();

  constructor(options: RelayOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#tickets = new Tickets(this.#clock, options.maxTickets);
    this.#failures = new RateLimiterMemory({ points: options.maxFailedJoins ?? limits.MAX_FAILED_JOINS_A_MINUTE, duration: 60 });
    this.#stopBeat = this.#clock.after(limits.KEEPALIVE_MS, () => this.#beat());
  }

  issue(call: string, role: EndRole): string {
    return this.#tickets.issue(call, role);
  }

  drop(call: string): void {
    this.#tickets.drop(call);
    for (const arrival of Object.values({ ...this.#waiting.get(call) })) {
      this.#refuse(arrival, new PortholeError('RELAY_REFUSED', 'the call has ended'));
    }
  }

  handleSocket(socket: Socket): void {
    const address = socket.remoteAddress;
    // No address: it has gone already.
    if (address === undefined) socket.destroy();
    else void this.#receive(new Arrival((holder) => tcpLeg(socket, address, holder)));
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const address = this.#options.addressOf?.(request) ?? request.socket.remoteAddress ?? '';
    this.#webSockets.handleUpgrade(request, socket, head, (ws) => {
      void this.#receive(new Arrival((holder: LegHolder) => webSocketLeg(ws, socket, address, holder)));
    });
  }

  stats(): RelayStats {
    return {
      tickets: this.#tickets.size,
      waiting: this.#arrivals.size,
      flows: this.#flows.size,
      joined: this.#joined,
      broken: this.#broken,
      bytes: this.#bytes,
      refused: { ...this.#refused },
      calls: [...this.#flows].map((flow) => flow.usage),
    };
  }

  close(graceMs = 0): Promise<void> {
    if (this.#closing) return this.#empty.promise;
    this.#closing = true;
    this.#stopBeat();
    for (const arrival of this.#arrivals) this.#refuse(arrival, closing());
    const cancel = this.#clock.after(graceMs, () => {
      for (const flow of this.#flows) flow.abort();
    });
    this.#checkEmpty();
    return this.#empty.promise.finally(cancel);
  }

  /** From the first byte to a place beside the other end, or to a refusal. */
  async #receive(arrival: Arrival): Promise<void> {
    const key = addressKey(arrival.leg.address);
    const full = this.#arrivals.size >= (this.#options.maxWaitingEnds ?? limits.MAX_WAITING_ENDS);
    this.#arrivals.add(arrival);
    arrival.onGone = () => this.#refuse(arrival, new PortholeError('PATH_LOST'));
    const cancel = this.#clock.after(limits.JOIN_DEADLINE_MS, () => {
      this.#refuse(arrival, new PortholeError('TIMED_OUT', 'no RelayJoin came in time'));
    });
    try {
      if (this.#closing) throw closing();
      if (full) throw new PortholeError('RATE_LIMITED', 'too many ends wait at this relay');
      // Each end costs its address a point, until it has shown a good ticket.
      await this.#failures.consume(key).catch(() => {
        throw new PortholeError('RATE_LIMITED', 'too many failed joins from this address');
      });
      const token = await arrival.token;
      const ticket = this.#tickets.use(token);
      if (!ticket) throw new PortholeError('RELAY_REFUSED');
      await this.#failures.reward(key);
      if (this.#arrivals.has(arrival)) this.#seat(arrival, ticket.call, ticket.role);
    } catch (error) {
      this.#refuse(arrival, asPortholeError(error));
    } finally {
      cancel();
    }
  }

  /** Beside the other end if that is here; else it waits. */
  #seat(arrival: Arrival, call: string, role: EndRole): void {
    const before = this.#waiting.get(call)?.[role];
    if (before) this.#refuse(before, new PortholeError('RELAY_REFUSED', 'this end has come again'));
    const place = this.#waiting.get(call) ?? {};
    place[role] = arrival;
    this.#waiting.set(call, place);
    const cancel = this.#clock.after(limits.PARTNER_DEADLINE_MS, () => {
      this.#refuse(arrival, new PortholeError('TIMED_OUT', 'the other end did not come to the relay'));
    });
    arrival.leavePlace = () => {
      cancel();
      delete place[role];
      if (!place.caller && !place.callee) this.#waiting.delete(call);
    };
    const { caller, callee } = place;
    if (!caller || !callee) return;
    if (this.#flows.size >= (this.#options.maxFlows ?? limits.MAX_FLOWS)) {
      for (const end of [caller, callee]) this.#refuse(end, new PortholeError('RATE_LIMITED', 'this relay carries as much as it can'));
    } else this.#join(call, caller, callee);
  }

  #join(call: string, caller: Arrival, callee: Arrival): void {
    for (const end of [caller, callee]) {
      this.#arrivals.delete(end);
      end.leavePlace();
      end.leg.write(relayAnswer());
    }
    this.#joined++;
    const flow: Flow = new Flow(call, caller, callee, this.#turns, {
      mayGoOn: (usage) => this.#options.mayGoOn?.(usage) ?? true,
      passed: (bytes) => {
        this.#bytes += bytes;
        this.#options.passed?.(bytes);
      },
      over: (broken) => {
        this.#flows.delete(flow);
        if (broken) this.#broken++;
        this.#options.flowOver?.(flow.usage, broken);
        this.#checkEmpty();
      },
    });
    this.#flows.add(flow);
  }

  /** Tells an end that is not joined why it will not be, and sees it out. Does nothing for one that is no longer here. */
  #refuse(arrival: Arrival, error: PortholeError): void {
    if (!this.#arrivals.delete(arrival)) return;
    const { code, message } = error;
    this.#refused[code] = (this.#refused[code] ?? 0) + 1;
    arrival.leavePlace();
    arrival.fail(error);
    if (!arrival.gone) this.#seeOut(arrival.leg, relayAnswer({ code, message }));
    this.#checkEmpty();
  }

  #seeOut(leg: Leg, answer: Uint8Array): void {
    this.#leaving.add(leg);
    const cancel = this.#clock.after(limits.REFUSAL_LINGER_MS, () => leg.abort());
    leg.holder = deaf(() => {
      cancel();
      this.#leaving.delete(leg);
      this.#checkEmpty();
    });
    leg.resume();
    leg.write(answer);
    leg.close();
  }

  #beat(): void {
    for (const flow of this.#flows) flow.beat();
    this.#stopBeat = this.#clock.after(limits.KEEPALIVE_MS, () => this.#beat());
  }

  #checkEmpty(): void {
    if (this.#closing && this.#arrivals.size + this.#flows.size + this.#leaving.size === 0) this.#empty.resolve();
  }
}

function closing(): PortholeError {
  return new PortholeError('RELAY_REFUSED', 'the relay is closing');
}
