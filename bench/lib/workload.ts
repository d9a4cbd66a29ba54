// SPDX-License-Identifier: Apache-2.0
// The words of the bench: a workload has stages; a stage has tasks, ways to do them and goals; a way is a chain of processes.

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
  /** The process that does the work, where it is a program beside this one: it is measured in this one's place. */
  readonly pid?: number;
  close(): Promise<void>;
}

/** The last process of a way: it fetches. */
export interface Client {
  /** Fetches a whole file; `take` gets each piece as it comes. Rejects when it does not come whole. */
  get(name: string, take: (piece: Uint8Array) => void): Promise<void>;
  close(): Promise<void>;
}

/** One way of doing a stage's tasks: Porthole's, or a peer's. Each end runs in a process of its own. */
export interface Way {
  readonly name: string;
  readonly needsCertificate?: boolean;
  /** Packages that it is made of, if they are not Porthole's own; without one of them it is left out. */
  readonly packages?: readonly string[];
  /** Why it cannot be had here, in words; null when it can. */
  readonly missing?: () => string | null;
  /** Names of tasks that it is not measured by; all when left out. */
  readonly not?: readonly string[];
  /** The ends before the client in the order they start, by role. */
  readonly ends: Readonly<Record<string, (setting: Setting) => Promise<Running>>>;
  readonly client: (setting: Setting) => Promise<Client>;
}

/** What a comparison with one peer is to show: ratios, over 1 when we are better. */
export interface Goal {
  /** The task's name. */
  readonly task: string;
  /** The peer's name. */
  readonly peer: string;
  /** The least ratio of the task's speed. */
  readonly speed?: number;
  /** The least ratio of CPU seconds for the same work, of all ends together or of the one named. */
  readonly cpu: number;
  readonly cpuOf?: string;
}

/** Ways to do the same over the same kind of path. */
export interface Stage {
  readonly name: string;
  /** One line for the table. */
  readonly title: string;
  readonly tasks: readonly Task[];
  readonly ours: Way;
  readonly peers: readonly Way[];
  readonly goals?: readonly Goal[];
  /** The most memory that each of our ends may have at its peak, in MB. */
  readonly mostMB?: number;
}

/** One file in workloads/, its default export. */
export interface Workload {
  readonly stages: readonly Stage[];
}

/** One body. */
export const BULK: Task = { name: 'bulk', count: 1, bytes: 1_000_000_000, inFlight: 1 };
/** A site's small parts. */
export const SMALL: Task = { name: 'small', count: 10_000, bytes: 4096, inFlight: 32 };

/** A task with less to move, for ways that are slow. */
export const less = (task: Task, bytes: number): Task => ({ ...task, bytes });

/** The name of a task's file, for a URL and for the disk. */
export function fileName(task: Task, index: number): string {
  return `${task.name}/${String(index).padStart(6, '0')}.bin`;
}

/**
 * What warms a way up for a task: a body of a quarter's length, or as many files again. They are files of their own, so that
 * nobody has seen those that count, and many, for code that runs once a file is not compiled for good before some thousands.
 */
export function warmUpOf(task: Task): Task {
  return { ...task, name: `${task.name}-warm-up`, bytes: task.count === 1 ? Math.ceil(task.bytes / 4) : task.bytes };
}

/** The role of the process that fetches. */
export const CLIENT = 'client';
