// SPDX-License-Identifier: Apache-2.0
// The techniques by their names: a new one is a file here, a line here, a name in notes.ts and a rule in plan.ts.

import type { Technique as Name } from '../notes.ts';
import type { MapPort } from '../port-mapper.ts';
import type { Technique } from '../technique.ts';
import { birthday } from './birthday.ts';
import { guarded } from './guarded.ts';
import { lowTtlListen } from './low-ttl-listen.ts';
import { mapped } from './mapped.ts';
import { predicted } from './predicted.ts';
import { simultaneous } from './simultaneous.ts';

export function techniques(mapPort: MapPort): Readonly<Record<Name, Technique>> {
  return { guarded, 'low-ttl-listen': lowTtlListen, simultaneous, predicted, birthday, mapped: mapped(mapPort) };
}
