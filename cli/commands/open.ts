// SPDX-License-Identifier: Apache-2.0
// `porthole open`: visits a site through a gateway on this machine.

import { connect } from '../../client-runtime/index.ts';
import { linkParts } from '../../client-runtime/links/invite-link.ts';
import { targetOf } from '../../client-runtime/links/target.ts';
import { openGateway } from '../../client-runtime/visit/local-gateway.ts';
import { visitBadge } from '../../client-runtime/visit/visit-badge.ts';
import { showInBrowser } from '../running/browser.ts';
import { programExaminer } from '../running/networks.ts';
import { programPrimitives } from '../running/primitives.ts';
import { programStrategies } from '../running/strategies.ts';
import { visitorOptions } from '../running/visiting.ts';
import { type Context, OPEN_PORT } from '../terminal/context.ts';
import { tellPaths } from '../terminal/tell-paths.ts';

export async function open(context: Context, given: string): Promise<void> {
  const { life, output, settings, version } = context;
  const visit = life.keep(
    await connect(given, {
      ...(await visitorOptions(context)),
      primitives: programPrimitives(),
      examine: programExaminer(settings.home),
      via: settings.via,
      strategies: await programStrategies(settings),
      agent: `porthole/${version}`,
      signal: life.signal,
    }),
  );
  tellPaths(context, visit);
  const site = await visit.known();
  const gateway = life.keep(
    await openGateway(visit, {
      port: settings.port ?? OPEN_PORT,
      authority: new URL(site.link).host,
      label: site.id,
      badge: () => visitBadge(visit),
      onError: (error) => output.trouble(error),
    }),
  );
  const { link, fragment } = linkParts(given);
  // Joined, not resolved: a target may begin with two slashes.
  const target = targetOf(link, site) + fragment;
  const url = new URL(gateway.url).origin + target;
  output.event(
    { event: 'ready', site: site.id, name: site.name, link, url, port: gateway.port },
    `\n  ${site.title || site.name} is open at  ${url}\n  For programs that do not find that name:  http://127.0.0.1:${gateway.port}${target}\n`,
  );
  if (settings.browser) {
    showInBrowser(url, (why) => output.event({ event: 'no-browser', why }, `No browser was opened: ${why}. Open the address yourself.`));
  }
  await life.until(visit.closed);
  const error = life.signal.aborted ? null : await visit.closed;
  if (error) throw error;
}
