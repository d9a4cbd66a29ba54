// SPDX-License-Identifier: Apache-2.0
// `porthole up`: suite and host on this machine, in one process.

import type { Context } from '../context.ts';
import { announce, startHost } from '../start-host.ts';
import { dialled, startSuite } from '../start-suite.ts';

export async function up(context: Context, folder: string): Promise<void> {
  const { life, settings } = context;
  const address = settings.address?.[0] ?? '127.0.0.1';
  const suite = life.keep(await startSuite(context, address));
  const { host, at } = await startHost(context, folder, `http://${dialled(address)}:${suite.port}`);
  life.keep(host);
  announce(context, at, folder);
  await life.until(host.closed);
  const error = life.signal.aborted ? null : await host.closed;
  if (error) throw error;
}
