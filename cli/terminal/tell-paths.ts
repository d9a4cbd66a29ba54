// SPDX-License-Identifier: Apache-2.0
// Tells what happens to the paths of a visit: as JSON events all of it, in sentences what a person wants to know.

import type { PathChange, Visit, VisitState } from '../../client-runtime/visit/visit.ts';
import { asPortholeError } from '../../proto/errors.ts';
import { type StrategyInfo, strategyNamed } from '../../transport/strategy/strategy.ts';
import type { Context } from './context.ts';

/** Tells what happens to the visit's paths, from the beginning on; a person is told what carries, and what is missing. */
export function tellPaths(
  { output }: Pick<Context, 'output'>,
  visit: Pick<Visit, 'site' | 'status' | 'strategies' | 'history' | 'onStatus'>,
): void {
  let told: PathChange | undefined;
  let moved = false;
  const tell = (status: VisitState): void => {
    for (const change of visit.history.slice(told ? visit.history.indexOf(told) + 1 : 0)) {
      told = change;
      const { via, rttMs, reason, kind } = change;
      const said = sentence(change, visit.strategies, moved);
      const { label } = strategyNamed(via, visit.strategies).words;
      if (via) output.event({ event: 'path', visit: visit.site?.id ?? '', via, label, rttMs, reason, kind }, said);
      else output.event({ event: 'path-lost', reason }, said);
      moved ||= kind === 'moved';
    }
    if (status.state === 'offline') output.trouble(asPortholeError(status.error));
  };
  tell(visit.status);
  visit.onStatus(tell);
}

/** @param moved whether this is not the first path */
function sentence({ kind, via, rttMs, reason }: PathChange, strategies: readonly StrategyInfo[], moved: boolean): string | undefined {
  const where = `${strategyNamed(via, strategies).words.adverb}${rttMs > 0 ? `, ${rttMs.toFixed(1)} ms` : ''}`;
  switch (kind) {
    case 'moved':
      return moved ? `Now connected ${where}: ${reason}.` : `Connected ${where}.`;
    case 'silent':
    case 'lost':
    case 'recovered':
      return `${reason[0]?.toUpperCase()}${reason.slice(1)}.`;
    default:
      return undefined;
  }
}
