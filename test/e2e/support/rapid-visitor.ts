// SPDX-License-Identifier: Apache-2.0
// A visitor that begins requests and gives them up at once, as fast as it can; when its session is ended it comes again. Its own process.

import { connect } from '../../../client-runtime/index.ts';

const [link = ''] = process.argv.slice(2);
/** Begun and given up in one turn. */
const TOGETHER = 200;

let begun = 0;
let sessions = 0;
setInterval(() => process.send?.({ begun, sessions }), 200);

for (;;) {
  try {
    const visit = await connect(link, { via: ['tcp-punch', 'relay'], signal: AbortSignal.timeout(5000) });
    while (visit.status.state === 'connected') {
      const stop = new AbortController();
      for (let i = 0; i < TOGETHER; i++) {
        visit.fetch(new Request(link, { signal: stop.signal })).catch(() => {});
        begun++;
      }
      // The requests are out, and no answer has come.
      for (let turns = 0; turns < 20; turns++) await Promise.resolve();
      stop.abort();
      await new Promise((resolve) => setImmediate(resolve));
    }
    sessions++;
    void visit.close(); // and comes again at once
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
