// SPDX-License-Identifier: Apache-2.0
// The words of the bench: a workload has tasks, and ways to do them; a way is a chain of processes.

/** What is fetched: `count` files of `bytes` each, at most `inFlight` at once. */
export interface Task {
  readonly name: string;
  readonly count: number;
  readonly bytes: number;
  readonly inFlight: number;
}

/** What an end is told when it starts. */
export interface Setting {
  /** The folder with the files; a file's name is a path in it. */
  readonly folder: string;
  readonly inFlight: number;
  /** What the ends before this one told: addresses, mostly. */
  readonly told: Readonly<Record<string, unknown>>;
  /** PEM, for the ways that ask for it. */
  readonly certificate: Certificate | null;
}

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A process that works for others: it serves, or passes on. */
export interface Running {
  /** What the ends after this one need to know. Goes through JSON. */
  readonly tells: unknown;
  close(): Promise<void>;
}

/** The last process of a way: it fetches. */
export interface Client {
  /** Fetches a whole file; `take` gets each piece as it comes. Rejects when it does not come whole. */
  get(name: string, take: (piece: Uint8Array) => void): Promise<void>;
  close(): Promise<void>;
}

/** One way of doing a workload's tasks: Porthole's, or a peer's. Each end runs in a process of its own. */
export interface Way {
  readonly name: string;
  readonly needsCertificate?: boolean;
  /** The ends before the client in the order they start, by role. */
  readonly ends: Readonly<Record<string, (setting: Setting) => Promise<Running>>>;
  readonly client: (setting: Setting) => Promise<Client>;
}

/** One file in workloads/, its default export. */
export interface Workload {
  /** One line for the table. */
  readonly title: string;
  readonly tasks: readonly Task[];
  readonly ours: Way;
  readonly peers: readonly Way[];
}

/** One body. */
export const BULK: Task = { name: 'bulk', count: 1, bytes: 1_000_000_000, inFlight: 1 };
/** A site's small parts. */
export const SMALL: Task = { name: 'small', count: 10_000, bytes: 4096, inFlight: 32 };

/** The name of a task's file, for a URL and for the disk. */
export function fileName(task: Task, index: number): string {
  return `${task.name}/${String(index).padStart(6, '0')}.bin`;
}

/** The body that warms up a task of one file: a quarter of it. */
export function warmUpName(task: Task): string {
  return `${task.name}/warm-up.bin`;
}

/** The role of the process that fetches. */
export const CLIENT = 'client';
