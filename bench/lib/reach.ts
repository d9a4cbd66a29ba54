// SPDX-License-Identifier: Apache-2.0
// The words of the workload "reach": which systems reach which pairs of networks, by what, and how soon.

import type { Lab } from '../../test/lab/lab.ts';

/** What carries in the end: a direct path over TCP or over UDP, the relay, or nothing. */
export type Rung = 'tcp' | 'udp' | 'relay' | 'none';

/** What became of one visit. */
export interface Reached {
  readonly rung: Rung;
  /** Milliseconds from the beginning of the visit until a direct path stood; null without one. */
  readonly directMs: number | null;
  /** Milliseconds that the visitor's program took before the visit to join what it meets the host at; 0: it is in the visit's. */
  readonly joinMs: number;
  /** Why it is no better, as far as the system tells. */
  readonly why: string | null;
}

/** One visit: the kinds of network of both ends, and the system's name. */
export interface Pair extends Reached {
  readonly host: string;
  readonly visitor: string;
  readonly system: string;
}

/** What is measured: something that lets a visitor reach a host. */
export interface System {
  readonly name: string;
  /** Packages that it is made of, if they are not Porthole's own; without one of them it is left out. */
  readonly packages: readonly string[];
  /** One visit, from the lab's visitor to its host. Rejects when not even that can be tried; what it starts ends with the lab. */
  reach(lab: Lab): Promise<Reached>;
}

/** A system of three programs, each a process in the lab's place of that name. Told things go through JSON. */
export interface Stack<Meeting = unknown, Host = unknown> {
  readonly name: string;
  /** The module that exports it as `stack`. */
  readonly file: string;
  readonly packages: readonly string[];
  /** Added to the environment of its processes; what they say on stderr at the beginning of a line may be the reason why. */
  readonly env?: Readonly<Record<string, string>>;
  /** What the ends meet at, and its relay, on these addresses. Tells what the ends need to know. */
  readonly suite: (ipv4: readonly string[], ipv6: readonly string[]) => Promise<Meeting>;
  /** The end that is visited, once it is ready. Tells what a visitor needs to know. */
  readonly host: (meeting: Meeting) => Promise<Host>;
  /** The end that visits, once it is ready. It says itself how long joining took. */
  readonly visitor: (meeting: Meeting) => Promise<(host: Host) => Promise<Reached>>;
}

/** The workload: the first system is ours. */
export interface Reach {
  readonly systems: readonly System[];
  /** Kinds of network that are paired when none are named. */
  readonly kinds: readonly string[];
}
