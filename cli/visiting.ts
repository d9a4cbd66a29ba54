// SPDX-License-Identifier: Apache-2.0
// Who this program is to the sites it visits, by the settings: its key for each, and what it answers when asked.

import { join } from 'node:path';
import type { VisitorOptions } from '../client-runtime/visitor.ts';
import { loadVisitorKeys } from '../client-runtime/visitor-file.ts';
import { anonymousKeys } from '../client-runtime/visitor-key.ts';
import { nodePrimitives } from '../transport/seal/node.ts';
import type { Context } from './context.ts';
import { visitorPassword } from './passwords.ts';

/** Where a visitor's seed is kept. */
export function visitorFile(home: string): string {
  return join(home, 'visitor.pem');
}

/**
 * What to bring to a site.
 * @throws PortholeError STORAGE_FAILED, CONFIG_INVALID
 */
export async function visitorOptions(context: Context): Promise<VisitorOptions> {
  const { settings } = context;
  return {
    key: settings.anonymous ? anonymousKeys(nodePrimitives) : await loadVisitorKeys(visitorFile(settings.home)),
    credentials: await visitorPassword(context),
  };
}
