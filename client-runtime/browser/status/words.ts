// SPDX-License-Identifier: Apache-2.0
// What a person reads: states, errors and strategies in plain words.

import type { ErrorCode } from '../../../proto/errors.ts';
import { type StrategyInfo, strategyNamed } from '../../../transport/strategy/strategy.ts';
import { loadPart } from '../shared/parts.ts';
import type { Words } from './words-part.ts';

export type { Words };

/** The words for errors, once they are there. */
let errorWords: typeof import('./words-part.ts') | null = null;

/** Calls when the words for errors have been loaded, at once if they are there already, and without them when they do not come. */
export function withWords(run: () => void): void {
  if (errorWords) return run();
  const load = loadPart(() => import('./words-part.ts')).then((part) => {
    errorWords = part;
  });
  void load.catch(() => undefined).then(run);
}

/** An error code in plain words, which are not there before `withWords` calls. */
export function wordsFor(code: ErrorCode): Words {
  return errorWords?.WORDS[code] ?? { title: 'This page could not be opened', text: sentenceOf(summaryOf(code)) };
}

/** What an error code means in a few words; empty before `withWords` calls. */
export function summaryOf(code: ErrorCode): string {
  return errorWords?.SUMMARIES[code] ?? '';
}

/** The state of having no connection. */
export const NOT_CONNECTED: Words = { title: 'Reconnecting', text: 'The connection to the site was lost; another is being looked for.' };

/** Of a path that gives no sign of life at the moment. */
export function silentWords({ title }: Words): Words {
  return { title: `${title}, silent`, text: 'Nothing has come on this connection for a moment; another is being looked for.' };
}

/** A strategy's name in its own words; a name that is none of `strategies` stays as it is. */
export function strategyWords(via: string, strategies: readonly StrategyInfo[]): Words {
  const { label, sentence } = strategyNamed(via, strategies).words;
  return { title: label, text: sentence };
}

/** A reason that a visit gives, as a sentence for a person. @param strategies whose names may be in it */
export function reasonWords(reason: string, strategies: readonly StrategyInfo[]): string {
  return sentenceOf(reason.replace(/[\w-]+/g, (name) => strategyNamed(name, strategies).words.noun ?? name));
}

function sentenceOf(plain: string): string {
  return `${plain[0]?.toUpperCase() ?? ''}${plain.slice(1)}${/[.!?…]$/.test(plain) || plain === '' ? '' : '.'}`;
}

/** A round trip for a person. */
export function roundTrip(ms: number): string {
  return ms < 1 ? 'under 1 ms' : `${Math.round(ms)} ms`;
}

/** How much of something has come, as a sentence. */
export function comingWords({ bytes, whole }: { readonly bytes: number; readonly whole: number | null }): string {
  return whole !== null && whole >= bytes ? `${sizeWords(bytes)} of ${sizeWords(whole)} have come.` : `${sizeWords(bytes)} have come.`;
}

/** A number of bytes for a person. */
function sizeWords(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.max(1, Math.round(bytes / 1000))} KB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
