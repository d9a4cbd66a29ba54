// SPDX-License-Identifier: Apache-2.0
// `porthole identity`: this visitor's key for one site, to be given to its owner.

import { findSite } from '../../client-runtime/visit/find-site.ts';
import { visitorId } from '../../proto/visitor.ts';
import { visitorFile, visitorKeys } from '../running/visiting.ts';
import { homeOf } from '../settings/home.ts';
import type { Context } from '../terminal/context.ts';

export async function identity(context: Context, link: string): Promise<void> {
  const { output, settings } = context;
  const keys = await visitorKeys(settings);
  const file = visitorFile(homeOf(settings));
  if (link === '') {
    output.event(
      { event: 'identity', file },
      `Your identity is kept in ${file}. Each site knows you by another key; yours for one:  porthole identity <link>`,
    );
    return;
  }
  const site = await findSite(link, context.life.signal);
  const key = visitorId((await keys(site.id)).publicKey);
  output.event(
    { event: 'identity', file, site: site.id, name: site.name, key },
    `\n  Your key for ${site.name}:  ${key}\n\n  Its owner lets you in with  porthole host … --allow ${key}\n`,
  );
}
