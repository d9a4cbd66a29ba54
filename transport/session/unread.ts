// SPDX-License-Identifier: Apache-2.0
// Answers that their asker lost without reading or cancelling them: their content gives its credit back when they are collected.

import { PortholeError } from '../../proto/errors.ts';
import { systemClock } from '../clock.ts';
import type { Stream } from './stream.ts';

/** Most answers are read at once, in milliseconds: those are not watched, for the watching costs more than the answer. */
const SOON_MS = 100;

const lost = new FinalizationRegistry<Stream>((stream) => stream.abandon(new PortholeError('CANCELLED', 'nobody reads the answer')));
let fresh: [content: object, stream: Stream][] = [];

/** Watches an answer's content, if it is not read soon. */
export function watchUnread(content: object, stream: Stream): void {
  if (fresh.push([content, stream]) > 1) return;
  systemClock.after(SOON_MS, () => {
    const all = fresh;
    fresh = [];
    for (const [content, stream] of all) if (!stream.settled) lost.register(content, stream);
  });
}
