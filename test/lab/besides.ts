// SPDX-License-Identifier: Apache-2.0
// Small requests beside a download, within this process: of the first visit that stands.

import { setTimeout as pause } from 'node:timers/promises';
import { standingVisit } from './downloading.ts';
import { type Samples, type SamplingOrder, sample } from './sampling.ts';

export interface BesideOrder extends SamplingOrder {
  /** The link of what is downloaded; it takes longer than the samples. */
  readonly file: string;
  /** The link of what is asked for beside it. */
  readonly small: string;
}

/** What became of both. */
export interface Beside {
  readonly samples: Samples;
  /** Bytes of the download that came in so many milliseconds, until the last sample. */
  readonly bytes: number;
  readonly ms: number;
}

/** Asks for something small again and again while a download runs, which is given up then. */
export async function beside(order: BesideOrder): Promise<Beside> {
  const { visit, target } = await standingVisit();
  const over = new AbortController();
  const began = performance.now();
  let bytes = 0;
  const download = async (): Promise<void> => {
    const response = await visit.fetch(new Request(await target(order.file), { signal: over.signal }));
    for await (const chunk of response.body ?? []) bytes += chunk.length;
  };
  const running = download().catch(() => {});
  const samples = await sample(async (signal) => {
    const response = await visit.fetch(new Request(await target(order.small), { signal }));
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`status ${response.status}`);
  }, order);
  const done = { samples, bytes, ms: performance.now() - began };
  over.abort();
  await Promise.race([running, pause(order.everyMs)]);
  return done;
}
