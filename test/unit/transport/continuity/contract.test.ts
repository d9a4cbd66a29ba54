// SPDX-License-Identifier: Apache-2.0
// A resumable session does what a Connection does, at either end.

import { PortholeError } from '../../../../proto/errors.ts';
import type { Connection } from '../../../../transport/channel/connection.ts';
import type { ResumableSession } from '../../../../transport/continuity/resumable-session.ts';
import { connectionContract } from '../../../contracts/connection.ts';
import { Resumables, realSeal } from '../../../support/resumables.ts';

/** Who asks whether there is room before it sends, in the words of a Connection. */
function asConnection(session: ResumableSession): Connection {
  return {
    get via() {
      return session.via;
    },
    maxMessage: session.maxMessage,
    resent: 0,
    start(receiver) {
      session.onRoom(() => session.roomy() && receiver.drained());
      session.start(receiver);
    },
    pause: () => session.pause(),
    resume: () => session.resume(),
    send(message) {
      try {
        session.send(message.slice());
        return session.roomy();
      } catch (error) {
        if (error instanceof PortholeError && error.code === 'MESSAGE_TOO_LONG') throw error;
        return false;
      }
    },
    close: () => session.close(),
    abort: (reason) => session.abort(reason),
  };
}

async function pair(): Promise<{ visitor: Connection; host: Connection; done: () => Promise<void> }> {
  const resumables = new Resumables({ seal: realSeal() });
  await resumables.added();
  await resumables.added();
  const [visitor, host] = [asConnection(resumables.visitor), asConnection(resumables.host)];
  return { visitor, host, done: async () => resumables.end() };
}

connectionContract('resumable, from the visitor', async () => {
  const { visitor, host, done } = await pair();
  return { a: visitor, b: host, done };
});

connectionContract('resumable, from the host', async () => {
  const { visitor, host, done } = await pair();
  return { a: host, b: visitor, done };
});
