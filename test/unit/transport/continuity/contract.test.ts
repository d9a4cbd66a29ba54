// SPDX-License-Identifier: Apache-2.0
// A thread is a Connection like any other, at either end.

import type { Connection } from '../../../../transport/channel/connection.ts';
import { connectionContract } from '../../../contracts/connection.ts';
import { realSeal, Threads } from '../../../support/threads.ts';

async function pair(): Promise<{ visitor: Connection; host: Connection; done: () => Promise<void> }> {
  const threads = new Threads({ seal: realSeal() });
  await threads.added();
  await threads.added();
  return { visitor: threads.visitor, host: threads.host, done: async () => threads.end() };
}

connectionContract('thread, from the visitor', async () => {
  const { visitor, host, done } = await pair();
  return { a: visitor, b: host, done };
});

connectionContract('thread, from the host', async () => {
  const { visitor, host, done } = await pair();
  return { a: host, b: visitor, done };
});
