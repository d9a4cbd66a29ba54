// SPDX-License-Identifier: Apache-2.0
// Examining this computer's network in the background, as hosts and visitors of this program do.

import { join } from 'node:path';
import { backgroundExaminer } from '../../transport/nat/exam/background.ts';
import type { Examiner } from '../../transport/nat/exam/own-nat.ts';
import { watchNodeNetwork } from '../../transport/system/network-node.ts';

/** Where it is kept what was found of networks; null without a data folder. */
export function networksFile(home: string | null): string | null {
  return home === null ? null : join(home, 'networks.json');
}

/** The examiner of this program. */
export function programExaminer(home: string | null): Examiner {
  return backgroundExaminer({ file: networksFile(home), network: watchNodeNetwork() });
}
