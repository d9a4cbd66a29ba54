// SPDX-License-Identifier: Apache-2.0
// Puts the inspector and the log of requests in front of a site, where they are wanted; where they are not, the site stays as it is.

import type { Site } from '../../transport/session/site.ts';
import { type StrategyInfo, strategyNamed } from '../../transport/strategy/strategy.ts';
import { systemClock } from '../../transport/time/clock.ts';
import type { Context } from '../terminal/context.ts';

/** A site that is looked at. */
export interface Inspected {
  readonly site: Site;
  /** The inspector's page; null without one. */
  readonly page: string | null;
}

/**
 * @param link where the site is, once that is known
 * @throws PortholeError STORAGE_FAILED, PORT_IN_USE, PORT_FORBIDDEN
 */
export async function inspected(
  context: Context,
  site: Site,
  strategies: readonly StrategyInfo[],
  link: () => string | undefined,
): Promise<Inspected> {
  const { settings, output } = context;
  const format = settings.log ?? (output.watched ? 'plain' : 'none');
  const { inspect = false } = settings;
  const wayWords = (via: string): string => strategyNamed(via, strategies).words.label;
  const port = typeof inspect === 'number' ? inspect : undefined;
  const found = inspect === false ? { site, page: null } : await withPage(context, site, { link, wayWords, port });
  if (format === 'none') return found;
  const { observed } = await import('../../host-agent/inspect/observed.ts');
  const { requestLog } = await import('../terminal/request-log.ts');
  const log = requestLog({ format, output, clock: systemClock, date: () => new Date(), secrets: settings.showSecrets ?? false });
  return { ...found, site: observed(found.site, log) };
}

async function withPage(
  { settings, output, life, version }: Context,
  site: Site,
  { link, wayWords, port }: { readonly link: () => string | undefined; readonly wayWords: (via: string) => string; readonly port?: number },
): Promise<Inspected> {
  const { inspect } = await import('../../host-agent/inspect/inspector.ts');
  const { serveInspector } = await import('../../host-agent/inspect/server.ts');
  const inspector = life.keep(
    await inspect(site, {
      limit: settings.inspectLimit,
      origin: link,
      creator: { name: 'porthole', version },
      onTrouble(error) {
        if (error) output.trouble(error);
        else output.event({ event: 'inspecting' }, 'The inspector keeps what passes again.');
        page?.poke();
      },
    }),
  );
  const page = life.keep(await serveInspector(inspector, { port, secrets: settings.showSecrets, wayWords }));
  return { site: inspector.site, page: page.url };
}
