// SPDX-License-Identifier: Apache-2.0
// `porthole host`: brings a folder, a file or a local web app online at a suite, or several of them.

import { PortholeError } from '../../proto/errors.ts';
import type { Offering } from '../offerings/offering.ts';
import { readOffering } from '../offerings/read.ts';
import { announce } from '../running/announce.ts';
import { startHost } from '../running/start-host.ts';
import { othersStrategies } from '../running/strategies.ts';
import { CONFIG_FILE } from '../settings/settings.ts';
import { type Context, DEFAULT_PORT } from '../terminal/context.ts';
import { outputOf } from '../terminal/output.ts';

export async function host(context: Context, what: string): Promise<void> {
  const { life, settings } = context;
  const sites = what === '' ? await several(context) : [{ context, offering: await readOffering(what, settings) }];
  // Once for all: what a module makes may hold something that there is one of, such as a port.
  const others = await othersStrategies(settings);
  const ends: Promise<PortholeError | null>[] = [];
  for (const { context: own, offering } of sites) {
    const started = await startHost(own, offering, settings.suite ?? `http://localhost:${DEFAULT_PORT}`, others);
    life.keep(started.host);
    announce(own, started);
    const end = started.host.closed;
    ends.push(end);
    // The others go on; the last one's end is the command's.
    if (sites.length > 1) void end.then((error) => error && !life.signal.aborted && own.output.trouble(error));
  }
  await life.until(Promise.all(ends));
  const error = life.signal.aborted ? null : (await Promise.all(ends)).find((one) => one !== null);
  if (error) throw error;
}

/** The sites that the configuration has, all looked at before the first is brought online. */
async function several(context: Context): Promise<{ context: Context; offering: Offering }[]> {
  const { settings, output } = context;
  const { sites = [], name, ...shared } = settings;
  if (sites.length === 0) {
    throw new PortholeError('USAGE', `what is to be brought online? Give a folder, a file or an app, or name "sites" in ${CONFIG_FILE}`);
  }
  if (name !== undefined) throw new PortholeError('CONFIG_INVALID', 'several sites cannot have one name; give each its own in "sites"');
  const found: { context: Context; offering: Offering }[] = [];
  const keys = new Set<string>();
  for (const { what, ...own } of sites) {
    const merged = { ...shared, ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) };
    const offering = await readOffering(what, merged);
    await offering.check(settings.home);
    const key = own.name?.toLowerCase() ?? offering.place.file;
    if (keys.has(key)) throw new PortholeError('CONFIG_INVALID', `sites: ${what} is there twice; give each its own name`);
    keys.add(key);
    found.push({ context: { ...context, settings: merged, output: outputOf(output, own.name ?? what) }, offering });
  }
  return found;
}
