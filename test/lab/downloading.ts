// SPDX-License-Identifier: Apache-2.0
// Downloads within this process: so many visits of one site at once, and what became of each and of its paths.

import { connect } from '../../client-runtime/index.ts';
import { targetOf } from '../../client-runtime/links/target.ts';
import type { Visit } from '../../client-runtime/visit/visit.ts';

/** The longest that visits may take to stand, in milliseconds. */
const STAND_MS = 60_000;
/** Milliseconds between the beginnings of two visits: they do not come in one instant. */
const APART_MS = 50;

export interface DownloadsOrder {
  /** The link of the file that is fetched. */
  readonly file: string;
  /** As `--via`: a policy, or strategies. */
  readonly via: readonly string[];
  readonly visitors: number;
  /** Milliseconds in which the visits settle on their paths before they begin. */
  readonly settleMs: number;
  /** The longest that the downloads may take, in milliseconds. */
  readonly mostMs: number;
}

/** What became of one download. */
export interface Downloaded {
  readonly bytes: number;
  /** From the beginning of all downloads to its end, in milliseconds; null when it failed. */
  readonly ms: number | null;
  /** The longest time in which nothing of it came, in milliseconds. */
  readonly pauseMs: number;
  /** The way in use at the end. */
  readonly via: string | null;
  /** What happened to its paths meanwhile. */
  readonly silent: number;
  readonly moved: number;
  readonly lost: number;
  /** The same in words, with when it was. */
  readonly story: readonly string[];
  readonly error: string | null;
}

const visits: Visit[] = [];
let target: string | null = null;

/** The first visit that stands, and what it asks for by a link. */
export async function standingVisit(): Promise<{ visit: Visit; target: (link: string) => Promise<string> }> {
  const [visit] = visits;
  if (!visit) throw new Error('no visit stands');
  return { visit, target: (link) => targetIn(visit, link) };
}

async function targetIn(visit: Visit, link: string): Promise<string> {
  const site = await visit.known();
  return new URL(site.link).origin + targetOf(link, site);
}

/** Opens the visits. @returns how many stand */
export async function standing(order: DownloadsOrder): Promise<number> {
  const opened = Array.from({ length: order.visitors }, async (_, number) => {
    await pause(number * APART_MS);
    const visit = await connect(order.file, { via: order.via, signal: AbortSignal.timeout(STAND_MS) });
    visits.push(visit);
    target ??= await targetIn(visit, order.file);
    await visit.fetch(new Request((await visit.known()).link, { method: 'HEAD' }));
  });
  const settled = await Promise.allSettled(opened);
  await pause(order.settleMs);
  return settled.filter(({ status }) => status === 'fulfilled').length;
}

/** Fetches the file in all visits at once. */
export function downloads(order: DownloadsOrder): Promise<Downloaded[]> {
  const began = performance.now();
  return Promise.all(visits.map((visit) => download(visit, order, began)));
}

/** Ends the visits. */
export async function leave(): Promise<void> {
  await Promise.all(visits.splice(0).map((visit) => visit.close()));
  target = null;
}

async function download(visit: Visit, { mostMs }: DownloadsOrder, began: number): Promise<Downloaded> {
  const since = Date.now();
  let bytes = 0;
  let pauseMs = 0;
  let cameAt = began;
  const came = (): void => {
    const now = performance.now();
    pauseMs = Math.max(pauseMs, now - cameAt);
    cameAt = now;
  };
  const what = (): Omit<Downloaded, 'ms' | 'error'> => {
    came();
    const changes = visit.history.filter(({ at }) => at >= since);
    const count = (kind: string): number => changes.filter((one) => one.kind === kind).length;
    const { status } = visit;
    return {
      bytes,
      pauseMs,
      via: status.state === 'connected' ? status.path.via : null,
      silent: count('silent'),
      moved: count('moved'),
      lost: count('lost'),
      story: changes.map(({ at, kind, reason }) => `${at - since} ms: ${kind}: ${reason}`),
    };
  };
  try {
    const response = await visit.fetch(new Request(target as string, { signal: AbortSignal.timeout(mostMs) }));
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      came();
    }
    return { ...what(), ms: performance.now() - began, error: response.ok ? null : `status ${response.status}` };
  } catch (error) {
    return { ...what(), ms: null, error: (error as Error).message };
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
