// SPDX-License-Identifier: Apache-2.0
// A resumable session is a Connection like any other, at either end.

import type { Connection } from '../../../../transport/channel/connection.ts';
import { connectionContract } from '../../../contracts/connection.ts';
import { Resumables, realSeal } from '../../../support/resumables.ts';

async function pair(): Promise<{ visitor: Connection; host: Connection; done: () => Promise<void> }> {
  const resumables = new Resumables({ seal: realSeal() });
  await resumables.added();
  await resumables.added();
  return { visitor: resumables.visitor, host: resumables.host, done: async () => resumables.end() };
}

connectionContract('resumable, from the visitor', async () => {
  const { visitor, host, done } = await pair();
  return { a: visitor, b: host, done };
});

connectionContract('resumable, from the host', async () => {
  const { visitor, host, done } = await pair();
  return { a: host, b: visitor, done };
});
