// SPDX-License-Identifier: Apache-2.0
// The words of the workload "page": who shows the same page to a browser that was never there, and over which lines.

import type { Line } from './first-visit.ts';
import type { Moment } from './page-load.ts';
import type { LoadedSite } from './sites.ts';

/** A site that is online. */
export interface Online {
  readonly url: string;
  close(): Promise<void>;
}

/** A way to show a folder to a browser. */
export interface Shows {
  readonly name: string;
  /** The site is in a frame of the page. */
  readonly framed: boolean;
  /** Packages that it is made of, if they are not Porthole's own; without one of them it is left out. */
  readonly packages?: readonly string[];
  open(folder: string, signal: AbortSignal): Promise<Online>;
}

/** A line to the suite or the server. */
export interface Stage {
  readonly name: string;
  readonly title: string;
  /** As fast as the machine is, when left out. */
  readonly line?: Line;
}

/** The workload: what is measured of ours stands beside the peers', and against the limits. */
export interface PageWorkload {
  readonly ours: Shows;
  readonly peers: readonly Shows[];
  readonly stages: readonly Stage[];
  /** How many times slower the processor is made. */
  readonly slower: number;
  /** The site's files, by their names. */
  readonly site: Readonly<Record<string, string>>;
  /** The most that ours may have. */
  readonly limits: { readonly bytes: number; readonly paintMs: number };
  readonly loads: LoadWorkload;
}

/** The most that a load of ours may take: so many times what a peer's takes, and so many milliseconds more. */
export interface LoadGoal {
  readonly moment: Moment;
  /** The peer's name. */
  readonly peer: string;
  readonly times: number;
  readonly andMs: number;
}

/** Whole pages, loaded by each way in turn. */
export interface LoadWorkload {
  readonly peers: readonly Shows[];
  readonly sites: readonly LoadedSite[];
  readonly goals: readonly LoadGoal[];
}
