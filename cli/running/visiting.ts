// SPDX-License-Identifier: Apache-2.0
// Who this program is to the sites it visits, by the settings: its key for each, and what it answers when asked.

import { join } from 'node:path';
import type { VisitorOptions } from '../../client-runtime/visitor/visitor.ts';
import { loadVisitorKeys } from '../../client-runtime/visitor/visitor-file.ts';
import { anonymousKeys, type KeyFor } from '../../client-runtime/visitor/visitor-key.ts';
import { PortholeError } from '../../proto/errors.ts';
import { nodePrimitives } from '../../transport/seal/node.ts';
import { homeError, homeOf, isStorageError } from '../settings/home.ts';
import type { Settings } from '../settings/settings.ts';
import type { Context } from '../terminal/context.ts';
import { visitorPassword } from '../terminal/passwords.ts';

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
    key: settings.anonymous ? anonymousKeys(nodePrimitives) : await ownKeys(context),
    credentials: await visitorPassword(context),
  };
}

/** The keys in the data folder. Where that cannot be used, keys of this visit only do for any site that lets everybody in. */
async function ownKeys({ settings, output }: Context): Promise<KeyFor> {
  try {
    return await visitorKeys(settings);
  } catch (error) {
    if (!(error instanceof PortholeError) || (settings.home !== null && !isStorageError(error))) throw error;
    output.trouble(new PortholeError(error.code, `${error.message}; sites take this visit for a stranger's`, { cause: error }));
    return anonymousKeys(nodePrimitives);
  }
}

/**
 * This visitor's keys, made on first use.
 * @throws PortholeError STORAGE_FAILED
 */
export async function visitorKeys(settings: Pick<Settings, 'home'>): Promise<KeyFor> {
  const home = homeOf(settings);
  try {
    return await loadVisitorKeys(visitorFile(home));
  } catch (error) {
    throw isStorageError(error) ? homeError(home, error) : error;
  }
}
