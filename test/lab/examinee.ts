// SPDX-License-Identifier: Apache-2.0
// A process in a place of the lab that takes the exams each time it is told to, over one connection to the suite.

import { asPortholeError } from '../../proto/errors.ts';
import { ownAddresses } from '../../transport/nat/exam/background.ts';
import { takeExam } from '../../transport/nat/exam/exam.ts';
import type { NatProfile } from '../../transport/nat/profile.ts';
import { openSockets } from '../../transport/nat/sockets/ffi.ts';
import { Rendezvous } from '../../transport/rendezvous/client.ts';

/** What it tells of a run. */
export type Told = { readonly profile: NatProfile; readonly ms: number } | { readonly error: string };

/** How long the suite may take to answer, in milliseconds: connections are lost here on purpose. */
const CONTACT_MS = 30_000;
/** An address is not examined more often than a suite wants; then it waits so long, in milliseconds. */
const RATE_MS = 1000;

if (process.send) {
  const rendezvous = new Rendezvous(process.argv[2] as string, {});
  const sockets = await openSockets();

  const examine = async (): Promise<Told> => {
    for (;;) {
      const began = performance.now();
      try {
        const greeting = await rendezvous.ready(CONTACT_MS);
        const profile = await takeExam(
          { greeting, rendezvous },
          { sockets, localAddresses: ownAddresses(), signal: AbortSignal.timeout(CONTACT_MS) },
        );
        return { profile, ms: Math.round(performance.now() - began) };
      } catch (thrown) {
        const { code, message } = asPortholeError(thrown);
        if (code !== 'RATE_LIMITED') return { error: `${code}: ${message}` };
        await new Promise((resolve) => setTimeout(resolve, RATE_MS));
      }
    }
  };

  process.on('message', async () => process.send?.(await examine()));
  process.on('disconnect', () => process.exit());
  // So that what is counted from the first run on is the run's.
  await rendezvous.ready(CONTACT_MS);
}
