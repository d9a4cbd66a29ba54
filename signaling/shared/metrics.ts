// SPDX-License-Identifier: Apache-2.0
// What the suite counts, in Prometheus' terms.

import { Counter, collectDefaultMetrics, Gauge, Registry as MetricsRegistry } from 'prom-client';

/** What the gauges read when they are asked. */
export interface Gauged {
  hostsOnline(): number;
  visitors(): number;
  calls(): number;
}

let processMetrics: MetricsRegistry | undefined;

/** The process's own metrics: made once, since their observers are the process's and cannot be taken down. */
function processRegistry(): MetricsRegistry {
  if (processMetrics === undefined) {
    processMetrics = new MetricsRegistry();
    collectDefaultMetrics({ register: processMetrics });
  }
  return processMetrics;
}

/** One suite's metrics, in a registry of their own. */
export class Metrics {
  readonly #own = new MetricsRegistry();
  readonly #registrations: Counter<'result'>;
  readonly #introductions: Counter<'result'>;
  readonly #notes: Counter;
  readonly #limited: Counter<'limit'>;
  readonly #stun: Counter<'result'>;

  /** @param collect adds the metrics of parts that the suite does not know, e.g. the relay's */
  constructor(gauged: Gauged, collect?: (registry: MetricsRegistry) => void) {
    const registers = [this.#own];
    const gauge = (name: string, help: string, read: () => number): void => {
      new Gauge({
        name,
        help,
        registers,
        collect() {
          this.set(read());
        },
      });
    };
    gauge('porthole_hosts_online', 'Hosts online now.', gauged.hostsOnline);
    gauge('porthole_visitors', 'Rendezvous connections that are no host.', gauged.visitors);
    gauge('porthole_calls', 'Calls open between a visitor and a host.', gauged.calls);
    const labelNames = ['result'] as const;
    this.#registrations = new Counter({ name: 'porthole_registrations_total', help: 'Registrations, by result.', labelNames, registers });
    this.#introductions = new Counter({ name: 'porthole_introductions_total', help: 'Introductions, by result.', labelNames, registers });
    this.#notes = new Counter({ name: 'porthole_notes_total', help: 'Notes passed on within calls.', registers });
    this.#stun = new Counter({ name: 'porthole_stun_requests_total', help: 'STUN requests, by result.', labelNames, registers });
    this.#limited = new Counter({
      name: 'porthole_rate_limited_total',
      help: 'Requests refused because a rate was passed, by rate.',
      labelNames: ['limit'],
      registers,
    });
    for (const counter of [this.#registrations, this.#introductions]) counter.inc({ result: 'ok' }, 0);
    collect?.(this.#own);
  }

  /** @param result 'ok' or an error code */
  registration(result: string): void {
    this.#registrations.inc({ result });
  }

  /** @param result 'ok' or an error code */
  introduction(result: string): void {
    this.#introductions.inc({ result });
  }

  note(): void {
    this.#notes.inc();
  }

  /** @param limit the rate's name */
  limited(limit: string): void {
    this.#limited.inc({ limit });
  }

  stun(result: 'answered' | 'refused' | 'ignored'): void {
    this.#stun.inc({ result });
  }

  /** The text a Prometheus server reads, and its content type. */
  async text(): Promise<{ type: string; body: string }> {
    const all = MetricsRegistry.merge([processRegistry(), this.#own]);
    return { type: all.contentType, body: await all.metrics() };
  }
}
