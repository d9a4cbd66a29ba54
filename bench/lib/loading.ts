// SPDX-License-Identifier: Apache-2.0
// Whole pages, each way in turn, each in a profile of its own: the table, the rows and the goals.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Spread, spread } from './metrics.ts';
import { versionOf } from './packages.ts';
import type { LoadGoal, LoadWorkload, Shows } from './page.ts';
import { type Loads, loadPage, MOMENTS, type Moment } from './page-load.ts';
import { inTurn, type PageGoal, type PageRow, type Paging, withOnline } from './paging.ts';
import { aligned, type Skipped } from './report.ts';
import type { LoadedSite } from './sites.ts';

export interface LoadsFound {
  readonly rows: PageRow[];
  readonly goals: PageGoal[];
  readonly skipped: Skipped[];
}

/**
 * Measures.
 * @throws Error in words when a page does not come, or not whole; the signal's reason
 */
export async function measureLoads(
  ours: Shows,
  { peers, sites, goals }: LoadWorkload,
  paging: Paging,
): Promise<{ found: LoadsFound; tables: string[] }> {
  const found: LoadsFound = { rows: [], goals: [], skipped: [] };
  const tables: string[] = [];
  const wanted = peers.filter(({ name }) => paging.peers?.some((start) => name.startsWith(start)) ?? true);
  for (const site of sites) {
    const there = wanted.filter((peer) => {
      const missing = peer.packages?.find((name) => versionOf(name) === null);
      if (missing) found.skipped.push({ workload: 'page', row: site.name, peer: peer.name, reason: `${missing} is not installed` });
      return !missing;
    });
    const folder = join(paging.folder, site.name);
    mkdirSync(folder);
    site.make(folder);
    const loads = await loadAll([ours, ...there], site, { ...paging, folder });
    const our = loads.get(ours) ?? [];
    for (const [peer, their] of loads) if (peer !== ours) found.rows.push(...rowsOf(site, our, peer, their));
    for (const goal of goals) {
      const peer = there.find(({ name }) => name === goal.peer);
      if (peer) found.goals.push(judge(site, goal, our, loads.get(peer) ?? []));
    }
    tables.push(tableOf(site, loads));
  }
  return { found, tables };
}

/** How often a page that does not come whole is loaded anew: relays drop a request now and then. */
const MOST_TRIES = 3;

async function loadAll(ways: readonly Shows[], site: LoadedSite, paging: Paging): Promise<Map<Shows, Loads[]>> {
  const { signal, log } = paging;
  const all = new Map<Shows, Loads[]>(ways.map((way) => [way, []]));
  let whole = 0; // files of the page, as far as is known
  await withOnline(ways, paging, (urls) =>
    inTurn(ways, paging, async (way, counts) => {
      for (let tries = 1; ; tries++) {
        const loads = await loadPage({ url: urls.get(way) ?? '', framed: way.framed, signal });
        const files = MOMENTS.map((moment) => loads[moment].files);
        whole = Math.max(whole, ...files);
        const took = MOMENTS.map((moment) => `${moment} ${loads[moment].ms.toFixed(0)} ms`).join(', ');
        const came = files.every((count) => count === whole);
        const note = came ? '' : `, with ${files.join(', ')} of ${whole} files`;
        log(`page, ${site.name}, ${way.name}${counts ? '' : ', to warm up'}: ${took}${note}`);
        if (counts && came) all.get(way)?.push(loads);
        if (came || !counts) return;
        if (tries === MOST_TRIES) throw new Error(`${site.name} does not come whole by ${way.name}`);
      }
    }),
  );
  return all;
}

const times = (loads: readonly Loads[], moment: Moment): Spread => spread(loads.map((one) => one[moment].ms));
const nameOf = (site: LoadedSite, moment: Moment): string => `${site.name}: ${moment}, ms`;

function rowsOf(site: LoadedSite, ours: readonly Loads[], peer: Shows, theirs: readonly Loads[]): PageRow[] {
  return MOMENTS.map((moment) => {
    const [one, other] = [times(ours, moment).median, times(theirs, moment).median];
    const rounded = (value: number): number => Number(value.toPrecision(4));
    return {
      workload: 'page',
      metric: nameOf(site, moment),
      ours: rounded(one),
      peer: peer.name,
      theirs: rounded(other),
      ratio: rounded(other / one),
    };
  });
}

function judge(site: LoadedSite, goal: LoadGoal, ours: readonly Loads[], theirs: readonly Loads[]): PageGoal {
  const { moment, peer, andMs } = goal;
  const measured = times(ours, moment).median;
  const most = times(theirs, moment).median * goal.times + andMs;
  const words = [goal.times === 1 ? '' : `${goal.times} x `, peer, andMs === 0 ? '' : ` + ${andMs} ms`].join('');
  return { row: `${nameOf(site, moment)} (${words})`, most, measured, holds: measured <= most };
}

function tableOf({ name, title }: LoadedSite, all: ReadonlyMap<Shows, readonly Loads[]>): string {
  const ways = [...all];
  const [[, our = []] = []] = ways;
  const lines = [
    ['', ...ways.map(([way]) => way.name)],
    ...MOMENTS.map((moment) => [`${moment}, ms`, ...ways.map(([, loads]) => shown(times(loads, moment), 0))]),
    [],
    ['ratio to it, over 1: we are better', ...ways.map(() => '')],
    ...MOMENTS.map((moment) => [`${moment}, ms`, ...ways.map(([, loads], at) => (at === 0 ? '' : shown(ratio(our, loads, moment), 2)))]),
  ];
  return `page, ${name}: ${title}; ${our[0]?.cold.files} files\na profile of its own for each; median (least-most) of ${our.length}\n\n${aligned(lines)}\n`;
}

/** The ratio of the medians; its range is of the single turns. */
function ratio(ours: readonly Loads[], theirs: readonly Loads[], moment: Moment): Spread {
  const turns = spread(ours.map((one, turn) => (theirs[turn] as Loads)[moment].ms / one[moment].ms));
  return { ...turns, median: times(theirs, moment).median / times(ours, moment).median };
}

const shown = ({ median, min, max }: Spread, digits: number): string =>
  `${median.toFixed(digits)} (${min.toFixed(digits)}-${max.toFixed(digits)})`;
