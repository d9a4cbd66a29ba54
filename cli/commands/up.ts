// SPDX-License-Identifier: Apache-2.0
// `porthole up`: suite and host on this machine, in one process.

import type { Context } from '../context.ts';
import { refuseHomeInside } from '../home.ts';
import { announce, startHost } from '../start-host.ts';
import { dialled, startSuite } from '../start-suite.ts';

/** Where the suite listens unless told otherwise. */
const LOOPBACK = '127.0.0.1';

export async function up(context: Context, folder: string): Promise<void> {
  const { life, settings } = context;
  await refuseHomeInside(folder, settings); // before anything is put into it
  const suite = life.keep(await startSuite(context, LOOPBACK));
  const started = await startHost(context, folder, `http://${dialled(settings.address?.[0] ?? LOOPBACK)}:${suite.port}`);
  const { host } = started;
  life.keep(host);
  announce(context, started, folder);
  await life.until(host.closed);
  const error = life.signal.aborted ? null : await host.closed;
  if (error) throw error;
}
