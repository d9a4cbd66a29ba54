// SPDX-License-Identifier: Apache-2.0
// `porthole host`: brings a folder online at a suite.

import { announce, startHost } from '../running/start-host.ts';
import type { Context } from '../terminal/context.ts';
import { DEFAULT_PORT } from '../terminal/context.ts';

export async function host(context: Context, folder: string): Promise<void> {
  const { life, settings } = context;
  const started = await startHost(context, folder, settings.suite ?? `http://localhost:${DEFAULT_PORT}`);
  const { host } = started;
  life.keep(host);
  announce(context, started, folder);
  await life.until(host.closed);
  const error = life.signal.aborted ? null : await host.closed;
  if (error) throw error;
}
