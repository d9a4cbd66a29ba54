// SPDX-License-Identifier: Apache-2.0
// `porthole get`: one resource of a site, to stdout or a file.

import { download } from '../../client-runtime/download.ts';
import { connect } from '../../client-runtime/index.ts';
import { targetOf } from '../../client-runtime/target.ts';
import { type Clock, systemClock } from '../../transport/clock.ts';
import { collector } from '../collector.ts';
import type { Context } from '../context.ts';
import { sizeWords } from '../output.ts';
import { tellPaths } from '../tell-paths.ts';
import { visitorOptions } from '../visiting.ts';

/** Milliseconds between two lines of progress. */
const PROGRESS_MS = 200;

export async function get(context: Context, link: string, clock: Clock = systemClock): Promise<void> {
  const { life, output, settings, version, stdout } = context;
  const visit = life.keep(
    await connect(link, { ...(await visitorOptions(context)), via: settings.via, agent: `porthole/${version}`, signal: life.signal }),
  );
  tellPaths(context, visit);
  const site = await visit.known();
  const collect = collector();
  const started = clock.now();
  let told = started;
  const bytes = await download(visit, new URL(site.link).origin + targetOf(link, site), {
    to: settings.output ?? stdout,
    signal: life.signal,
    onProgress(soFar, whole) {
      collect(soFar);
      const now = clock.now();
      if (now - told < PROGRESS_MS) return;
      told = now;
      const speed = `${sizeWords((soFar / (now - started)) * 1000)}/s`;
      output.progress(
        whole === null
          ? `${sizeWords(soFar)}  ${speed}`
          : `${Math.floor((soFar / whole) * 100)} %  ${sizeWords(soFar)} of ${sizeWords(whole)}  ${speed}`,
      );
    },
  });
  const ms = Math.round(clock.now() - started);
  output.event(
    { event: 'done', bytes, ms },
    settings.output ? `${settings.output}: ${sizeWords(bytes)} in ${(ms / 1000).toFixed(1)} s` : undefined,
  );
}
