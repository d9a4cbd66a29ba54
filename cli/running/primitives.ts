// SPDX-License-Identifier: Apache-2.0
// The program's cryptography: one for the whole process, whose memory is collected as it goes.

import { collectedPrimitives, youngCollector } from '../../transport/seal/node.ts';
import type { Primitives } from '../../transport/seal/primitives.ts';

let made: Primitives | undefined;

/** Node's own; made when first asked for, since it switches V8's collector on for the process. */
export function programPrimitives(): Primitives {
  made ??= collectedPrimitives(youngCollector());
  return made;
}
