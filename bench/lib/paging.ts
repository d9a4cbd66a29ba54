// SPDX-License-Identifier: Apache-2.0
// The workload "page" from beginning to end: each way in turn, each visit in a browser of its own; the table, the rows and the goals.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { noChromium } from './devtools.ts';
import { type FirstVisit, firstVisit } from './first-visit.ts';
import { type Spread, spread } from './metrics.ts';
import type { Online, PageWorkload, Shows, Stage } from './page.ts';
import { aligned } from './report.ts';

export interface Paging {
  /** Visits of each way, in turn. */
  readonly pairs: number;
  /** The peers that are wanted, by the start of their names; all when left out. */
  readonly peers?: readonly string[];
  /** Where the site's files are made. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

/** Opens each way; what was opened is closed at the end, whatever happens. */
export async function withOnline<T>(
  ways: readonly Shows[],
  { folder, signal }: Paging,
  run: (urls: ReadonlyMap<Shows, string>) => Promise<T>,
): Promise<T> {
  const online = new Map<Shows, Online>();
  try {
    for (const way of ways) online.set(way, await way.open(folder, signal));
    return await run(new Map([...online].map(([way, { url }]) => [way, url])));
  } finally {
    for (const one of online.values()) await one.close();
  }
}

/** Each way once in a turn, the order turned each time. The first turn, which does not count, finds programs that have answered nobody yet. */
export async function inTurn(
  ways: readonly Shows[],
  { pairs, signal }: Paging,
  run: (way: Shows, counts: boolean) => Promise<void>,
): Promise<void> {
  for (let pair = -1; pair < pairs; pair++) {
    for (const way of pair % 2 === 0 ? ways : [...ways].reverse()) {
      signal.throwIfAborted();
      await run(way, pair >= 0);
    }
  }
}

/** One metric of ours beside a peer's. A ratio over 1 means that ours is better; null where the peer has none of it. */
export interface PageRow {
  readonly workload: 'page';
  readonly metric: string;
  readonly ours: number;
  readonly peer: string;
  readonly theirs: number;
  readonly ratio: number | null;
}

/** A limit, and what was measured: the median of the visits. */
export interface PageGoal {
  readonly row: string;
  readonly most: number;
  readonly measured: number;
  readonly holds: boolean;
}

export interface PageFound {
  readonly rows: readonly PageRow[];
  readonly goals: readonly PageGoal[];
  /** What crossed the wire before the site's own first byte, in the last visit of each stage: path and bytes. */
  readonly crossed: Readonly<Record<string, readonly (readonly [path: string, bytes: number])[]>>;
}

const METRICS = {
  'bytes before the site’s own': ({ bytes }: FirstVisit) => bytes,
  'requests before the site’s own': ({ requests }: FirstVisit) => requests,
  'first paint, ms after the first byte': ({ paintMs }: FirstVisit) => paintMs,
  'the site’s page shown, ms': ({ shownMs }: FirstVisit) => shownMs,
} as const;

/**
 * Measures.
 * @throws Error in words when there is no Chromium, a visit does not come to its page, or by the signal
 */
export async function measurePage(workload: PageWorkload, paging: Paging): Promise<{ found: PageFound; tables: string[] }> {
  const reason = noChromium();
  if (reason) throw new Error(reason);
  for (const [name, text] of Object.entries(workload.site)) {
    const path = join(paging.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const peers = workload.peers.filter(({ name }) => paging.peers?.some((start) => name.startsWith(start)) ?? true);
  const found = { rows: [] as PageRow[], goals: [] as PageGoal[], crossed: {} as Record<string, readonly (readonly [string, number])[]> };
  const tables: string[] = [];
  for (const stage of workload.stages) {
    const visits = await visitAll([workload.ours, ...peers], stage, workload.slower, paging);
    const ours = visits.get(workload.ours) ?? [];
    for (const peer of peers) found.rows.push(...rowsOf(stage, ours, peer, visits.get(peer) ?? []));
    found.goals.push(...goalsOf(stage, ours, workload.limits));
    found.crossed[stage.name] = (ours.at(-1)?.crossed ?? []).map(({ url, bytes }) => [new URL(url).pathname, bytes] as const);
    tables.push(tableOf(workload, stage, visits));
  }
  return { found, tables };
}

async function visitAll(ways: readonly Shows[], stage: Stage, slower: number, paging: Paging): Promise<Map<Shows, FirstVisit[]>> {
  const { signal, log } = paging;
  const visits = new Map<Shows, FirstVisit[]>(ways.map((way) => [way, []]));
  await withOnline(ways, paging, (urls) =>
    inTurn(ways, paging, async (way, counts) => {
      const visit = await firstVisit({ url: urls.get(way) ?? '', slower, framed: way.framed, line: stage.line, signal });
      log(`page, ${stage.name}, ${way.name}${counts ? '' : ', to warm up'}: ${visit.bytes} bytes, shown in ${visit.shownMs.toFixed(0)} ms`);
      if (counts) visits.get(way)?.push(visit);
    }),
  );
  return visits;
}

const median = (visits: readonly FirstVisit[], of: (visit: FirstVisit) => number): number =>
  Number(spread(visits.map(of)).median.toPrecision(5));

function rowsOf(stage: Stage, ours: readonly FirstVisit[], peer: Shows, theirs: readonly FirstVisit[]): PageRow[] {
  return Object.entries(METRICS).map(([name, of]) => {
    const [one, other] = [median(ours, of), median(theirs, of)];
    const ratio = other > 0 ? Number((other / one).toPrecision(4)) : null;
    return { workload: 'page', metric: `${stage.name}: ${name}`, ours: one, peer: peer.name, theirs: other, ratio };
  });
}

function goalsOf(stage: Stage, ours: readonly FirstVisit[], limits: PageWorkload['limits']): PageGoal[] {
  const goal = (name: keyof typeof METRICS, most: number): PageGoal => {
    const measured = median(ours, METRICS[name]);
    return { row: `${stage.name}: ${name}`, most, measured, holds: measured <= most };
  };
  return [goal('bytes before the site’s own', limits.bytes), goal('first paint, ms after the first byte', limits.paintMs)];
}

function tableOf({ slower }: PageWorkload, { name, title }: Stage, visits: ReadonlyMap<Shows, readonly FirstVisit[]>): string {
  const ways = [...visits.keys()];
  const lines = [
    ['', ...ways.map((way) => way.name)],
    ...Object.entries(METRICS).map(([metric, of]) => [metric, ...ways.map((way) => shown(spread((visits.get(way) ?? []).map(of))))]),
  ];
  const count = visits.values().next().value?.length ?? 0;
  return `page, ${name}: ${title}; the processor slowed ${slower} times\nan empty profile each time; median (least-most) of ${count}\n\n${aligned(lines)}\n`;
}

const shown = ({ median, min, max }: Spread): string => `${median.toFixed(0)} (${min.toFixed(0)}-${max.toFixed(0)})`;

/** The goals in a line each. */
export function pageGoalLines(goals: readonly PageGoal[]): string {
  const lines = goals.map(
    ({ row, most, measured, holds }) => `  ${holds ? 'holds ' : 'MISSED'}  ${row}: ${measured.toFixed(0)} of at most ${most}`,
  );
  return ['Goals', ...lines, ''].join('\n');
}
