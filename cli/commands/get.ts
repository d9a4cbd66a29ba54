// SPDX-License-Identifier: Apache-2.0
// `porthole get`: one resource of a site, to stdout or a file.

import { type DownloadEvent, download } from '../../client-runtime/download/download.ts';
import { connect } from '../../client-runtime/index.ts';
import { targetOf } from '../../client-runtime/links/target.ts';
import { PATIENCE_MS } from '../../client-runtime/visit/requests.ts';
import { type Clock, systemClock } from '../../transport/time/clock.ts';
import { collector } from '../running/collector.ts';
import { programExaminer } from '../running/networks.ts';
import { programPrimitives } from '../running/primitives.ts';
import { programStrategies } from '../running/strategies.ts';
import { visitorOptions } from '../running/visiting.ts';
import type { Context } from '../terminal/context.ts';
import { errorEvent, sizeWords, timeWords } from '../terminal/output.ts';
import { tellPaths } from '../terminal/tell-paths.ts';

/** Milliseconds between two lines of progress. */
const PROGRESS_MS = 200;

export async function get(context: Context, link: string, clock: Clock = systemClock): Promise<void> {
  const { life, output, settings, version, stdout } = context;
  const patienceMs = settings.patience === undefined ? undefined : settings.patience * 1000;
  const visit = life.keep(
    await connect(link, {
      ...(await visitorOptions(context)),
      primitives: programPrimitives(),
      examine: programExaminer(settings.home),
      via: settings.via,
      strategies: await programStrategies(settings),
      agent: `porthole/${version}`,
      signal: life.signal,
      patienceMs: Math.min(PATIENCE_MS, patienceMs ?? PATIENCE_MS),
    }),
  );
  tellPaths(context, visit);
  const site = await visit.known();
  const collect = collector();
  const started = clock.now();
  let told = started;
  let moved = false;
  let before = 0; // bytes that an earlier run had fetched
  let note = '';
  const bytes = await download(visit, new URL(site.link).origin + targetOf(link, site), {
    to: settings.output ?? stdout,
    signal: life.signal,
    patienceMs,
    onEvent(event) {
      if (event.type === 'resumed') {
        if (!moved) before = event.bytes;
        note = `  resumed at ${sizeWords(event.bytes)}`;
      }
      if (event.type === 'restarted') {
        before = 0;
        note = '  begun anew';
      }
      tell(context, event);
    },
    onProgress(soFar, whole) {
      moved = true;
      collect(soFar);
      const now = clock.now();
      if (now - told < PROGRESS_MS) return;
      told = now;
      const speed = `${sizeWords(((soFar - before) / (now - started)) * 1000)}/s${note}`;
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

/** Tells what happens on the way. */
function tell({ output }: Context, event: DownloadEvent): void {
  switch (event.type) {
    case 'resumed':
      output.event({ event: 'resumed', bytes: event.bytes, whole: event.whole }, `Resumed at ${sizeWords(event.bytes)}.`);
      break;
    case 'restarted':
      output.event(
        { event: 'restarted', bytes: event.bytes },
        'What is there now is another version, or cannot be gone on with: begun anew.',
      );
      break;
    case 'waiting': {
      const { code, message } = event.error;
      const left = Math.round(event.leftMs / 1000);
      output.event({ ...errorEvent(event.error), event: 'waiting', bytes: event.bytes, secondsLeft: left });
      output.progress(`${message} (${code}); has ${sizeWords(event.bytes)}, tries for ${timeWords(left)} more`);
      break;
    }
    case 'checking':
      output.progress(`checking ${sizeWords(event.bytes)}`);
      break;
    case 'kept':
      output.event({ event: 'kept', bytes: event.bytes }, `${sizeWords(event.bytes)} are kept; the same command goes on with them.`);
  }
}
