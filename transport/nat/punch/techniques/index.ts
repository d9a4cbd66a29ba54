// SPDX-License-Identifier: Apache-2.0
// The techniques by their names: a new one is a file here, a line here, a name in notes.ts and a rule in plan.ts.

import { PortholeError } from '../../../../proto/errors.ts';
import { type Technique as Name, TECHNIQUES } from '../notes.ts';
import type { MapPort } from '../router.ts';
import type { Technique, Techniques } from '../technique.ts';
import { birthday } from './birthday.ts';
import { guarded, predicted, simultaneous } from './known-ports.ts';
import { lowTtlListen, mapped } from './listening.ts';

export function techniques(mapPort: MapPort): Readonly<Record<Name, Technique>> {
  return { guarded, 'low-ttl-listen': lowTtlListen, simultaneous, predicted, birthday, mapped: mapped(mapPort) };
}

/**
 * Some techniques out of all, to compare them or to leave one out: at the visitor that is enough, for the host follows.
 * @throws PortholeError USAGE for a name that there is not
 */
export function only(all: Techniques, names: readonly string[]): Techniques {
  const unknown = names.find((name) => !(TECHNIQUES as readonly string[]).includes(name));
  if (unknown !== undefined) throw new PortholeError('USAGE', `there is no technique "${unknown}"; there are ${TECHNIQUES.join(', ')}`);
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}
