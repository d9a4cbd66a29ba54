// SPDX-License-Identifier: Apache-2.0
// What run.ts orders of the process of one end, on loopback or in the lab, and what comes back.

import type { Usage } from './meter.ts';
import type { Setting, Task } from './workload.ts';

export type Order =
  /** Start this end of a way of a stage of a workload's module. Answers with what it tells. */
  | {
      readonly do: 'start';
      readonly workload: string;
      readonly stage: string;
      readonly way: string;
      readonly role: string;
      readonly setting: Setting;
    }
  /** Client: fetch, untimed, what warms both ends up. */
  | { readonly do: 'warm'; readonly task: Task }
  /** Client: fetch everything once, untimed. Answers with the SHA-256 of it all. */
  | { readonly do: 'digest'; readonly task: Task }
  /** Measure from here on; into this file goes a CPU profile, unless null. */
  | { readonly do: 'meter'; readonly profile: string | null }
  /** Client: fetch everything, timed. Answers with a Timing. */
  | { readonly do: 'fetch'; readonly task: Task }
  /** Stop measuring. Answers with a Usage. */
  | { readonly do: 'usage' }
  | { readonly do: 'close' };

/** What is ordered in the lab: `file` is a stack's module. */
export type LabOrder =
  | { readonly do: 'suite'; readonly file: string; readonly ipv4: readonly string[]; readonly ipv6: readonly string[] }
  | { readonly do: 'host' | 'visitor'; readonly file: string; readonly meeting: unknown }
  /** Visitor: reach the host that told this. Answers with a Reached. */
  | { readonly do: 'reach'; readonly host: unknown };

export interface Timing {
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Answers {
  start: unknown;
  warm: null;
  digest: string;
  meter: null;
  fetch: Timing;
  usage: Usage;
  close: null;
}

export type Reply = { readonly value: unknown } | { readonly error: string };
