// SPDX-License-Identifier: Apache-2.0
// What an app of `npm run test:apps` is: what it needs, how it is made and started, and the script that drives it.

import type { Tour } from './tour.ts';

/** What is looked at. Each app has those that it has. */
export const ASPECTS = ['page', 'navigation', 'assets', 'HMR', 'login', 'upload', 'SSE', 'WebSocket'] as const;
export type Aspect = (typeof ASPECTS)[number];

/** A program to run: its words, and what it has of the environment beside PATH and HOME. */
export interface Command {
  readonly words: readonly [string, ...string[]];
  readonly env?: NodeJS.ProcessEnv;
}

/** Where an app is made and runs. */
export interface Place {
  /** A folder of the app's own, with `node_modules` in it where the app has packages. Dropped at the end. */
  readonly folder: string;
  /** The folder where a framework's create tool is, `node_modules` and all. */
  readonly tools: string;
  readonly port: number;
}

export interface App {
  readonly name: string;
  /** Packages of npm with their exact versions; the first one's is the app's. */
  readonly npm?: Readonly<Record<string, string>>;
  /** The same of the tool that makes the project; it is installed apart from it. */
  readonly tools?: Readonly<Record<string, string>>;
  /** Packages of Debian; the first one's version is the app's. */
  readonly debian?: readonly [string, ...string[]];
  /** How the project came to be, for the report. */
  readonly made: string;
  /** Writes the project, before its packages come. */
  make(place: Place): Promise<void> | void;
  start(place: Place): Command;
  /** A path that answers 200, or with a redirect, once the app is ready. */
  readonly ready: string;
  /** Words of the command line of `porthole up` beside its port. */
  readonly hosted?: readonly string[];
  /** Why it is not by every way as it is directly, where that is known. */
  readonly known?: string;
  /** The aspects it has, the page's and its assets' included. */
  readonly aspects: readonly Aspect[];
  /** Drives the app. The same for each way: what its steps return must be the same, too. */
  drive(tour: Tour, place: Place): Promise<void>;
}
