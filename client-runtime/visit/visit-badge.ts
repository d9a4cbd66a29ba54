// SPDX-License-Identifier: Apache-2.0
// The words of the badge on pages of `porthole open`: those of the strategy that carries the visit.

import type { BadgeWords } from '../../transport/http/badge/badged.ts';
import { strategyNamed } from '../../transport/strategy/strategy.ts';
import type { Visit } from './visit.ts';

const SEALED = 'Sealed end to end, from there to the program on this computer that passes it on to your browser.';

/** The badge of a visit, as it stands now. */
export function visitBadge({ status, strategies }: Pick<Visit, 'status' | 'strategies'>): BadgeWords {
  if (status.state !== 'connected')
    return { via: '', direct: false, title: 'Reconnecting', text: ['The connection to the site was lost; another is being looked for.'] };
  const { name, kind, words } = strategyNamed(status.path.via, strategies);
  return { via: name, direct: kind === 'direct', title: words.label, text: [words.sentence, SEALED].filter(Boolean) };
}
