// SPDX-License-Identifier: Apache-2.0
// `porthole host`: brings a folder, a file or a local web app online at a suite.

import { readOffering } from '../offerings/read.ts';
import { announce } from '../running/announce.ts';
import { startHost } from '../running/start-host.ts';
import type { Context } from '../terminal/context.ts';
import { DEFAULT_PORT } from '../terminal/context.ts';

export async function host(context: Context, what: string): Promise<void> {
  const { life, settings } = context;
  const started = await startHost(context, await readOffering(what, settings), settings.suite ?? `http://localhost:${DEFAULT_PORT}`);
  const { host } = started;
  life.keep(host);
  announce(context, started);
  await life.until(host.closed);
  const error = life.signal.aborted ? null : await host.closed;
  if (error) throw error;
}
