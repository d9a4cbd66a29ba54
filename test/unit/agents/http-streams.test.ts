// SPDX-License-Identifier: Apache-2.0
// What happens in time by every way to an app: heads, events, uploads, and breaks; at the app asked directly, too.

import assert from 'node:assert/strict';
import { type HttpEnd, type HttpEnds, httpEnds } from '../../support/http-ends.ts';
import { PlayedApp, STREAM_CASES } from '../../support/http-streams.ts';
import { cleanUp } from '../signaling/helper.ts';

for (const name of ['direct', 'suite', 'open', 'client', 'handler', 'node'] as const) {
  describe(`HTTP in time, ${name}`, () => {
    const app = new PlayedApp();
    let all: HttpEnds;
    before(async () => {
      all = await httpEnds(app.listener);
    });
    after(async () => {
      await all.close();
      await cleanUp();
    });
    for (const { what, play } of STREAM_CASES) {
      it(what, async () => {
        const end = all.ends.find((one) => one.name === name);
        if (end) await play(end, app);
      });
    }

    if (name === 'direct' || name === 'node') return;
    it('an app that is away is 502 with words, and is back by itself', async () => {
      const end = all.ends.find((one) => one.name === name) as HttpEnd;
      const ask = () => end.ask({ method: 'GET', target: '/', headers: [], body: null });
      await all.away();
      for (const asked of [await ask(), await ask()]) {
        assert.deepEqual([asked.status, asked.headers.get('porthole-error')], [502, 'SITE_FAILED']);
        assert.match(await asked.text(), /^SITE_FAILED: The app is not running\./);
      }
      await all.back();
      const asked = ask();
      (await app.next()).response.end('back');
      assert.equal(await (await asked).text(), 'back');
    });
  });
}
