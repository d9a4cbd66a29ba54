// SPDX-License-Identifier: Apache-2.0
// Credit cannot leak: with no stream open both ends have all of it again, whatever was cancelled, reset, answered early or dropped.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeFrame, encodeData, encodeFrame } from '../../../proto/site.ts';
import { memoryPair } from '../../../transport/channel/memory.ts';
import { requestHead, responseOf } from '../../../transport/session/http.ts';
import { Mux } from '../../../transport/session/mux.ts';
import { Serving } from '../../../transport/session/serving.ts';
import { systemClock } from '../../../transport/time/clock.ts';
import { asked as reading } from '../../support/asked.ts';
import { bare } from '../../support/bare.ts';
import { CreditPlay, plan } from '../../support/credit-play.ts';
import { settled } from '../../support/resumables.ts';

const hello = (credit: { streamCredit: number; sessionCredit: number }): Uint8Array =>
  encodeFrame({ type: 'hello', stream: 0, end: false, hello: { version: 1, features: [], agent: '', ...credit } });
const asked = (stream: number): Uint8Array =>
  encodeFrame({ type: 'request', stream, end: true, request: requestHead(new Request('http://site/')) });

describe('credit of a session', function () {
  this.timeout(60_000);

  it('is full at both ends when no stream is open, however streams end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { maxLength: 24 }), async (plans) => {
        const play = new CreditPlay();
        try {
          await Promise.all(plans.map((one) => play.play(one)));
          assert.equal(await play.settled(), null);
        } finally {
          await play.end();
        }
      }),
      { numRuns: 20 },
    );
  });

  it('uploads that the site answers unread cost none, nor do answers that are cancelled once they have come', async () => {
    const base = { uploadBreaks: false, siteWaits: 1, answer: 0, visitorWaits: 3 } as const;
    const play = new CreditPlay();
    // More than the session's credit, five kilobytes each.
    for (let i = 0; i < 50; i++) {
      const upload = { ...base, upload: 5000, siteReads: 'nothing', site: 'answers nothing', visitor: 'reads' } as const;
      await Promise.all(Array.from({ length: 20 }, () => play.play(upload)));
    }
    for (let i = 0; i < 90; i++) {
      const answer = { ...base, upload: null, siteReads: 'nothing', site: 'answers', answer: 100_000, visitor: 'cancels' } as const;
      await Promise.all(Array.from({ length: 4 }, () => play.play({ ...answer, visitorWaits: 12 })));
    }
    assert.equal(await play.settled(), null);
    await play.end();
  });

  it('a stream that is given up waits no longer for the session to have credit', async () => {
    const { a, b } = memoryPair();
    const host = new Mux(bare(b), {
      role: 'host',
      serving: new Serving(systemClock, (stream) => stream.write(new Uint8Array(1000)).catch(() => {})),
    });
    host.start();
    await a.send(hello({ streamCredit: 2 ** 30, sessionCredit: 1000 }));
    for (const id of [1, 3, 5]) await a.send(asked(id));
    await settled();
    assert.equal(host.running, 2, 'one has had the credit');
    await a.send(encodeFrame({ type: 'reset', stream: 3, end: true, reset: { code: 'CANCELLED', message: '' } }));
    await settled();
    assert.equal(host.running, 1);
    await host.close();
  });

  it('content that comes where none may is dropped, given back, and stopped', async () => {
    const { a, b } = memoryPair();
    const mux = new Mux(bare(a), { role: 'visitor' });
    mux.start();
    const stream = mux.open(requestHead(new Request('http://site/', { method: 'HEAD' })), true);
    const answer = stream.response;
    await b.send(hello({ streamCredit: 0, sessionCredit: 0 }));
    await b.send(encodeFrame({ type: 'response', stream: 1, end: false, response: { status: 200, headers: [] } }));
    assert.equal(responseOf(stream, await answer, 'HEAD').body, null);
    await b.send(encodeData(1, new Uint8Array(1000), false));
    const said: string[] = [];
    for (let i = 0; i < 4; i++) {
      const frame = decodeFrame((await reading(b).receive()) as Uint8Array);
      said.push(frame.type === 'credit' ? `credit ${frame.stream}: ${frame.bytes}` : frame.type);
    }
    assert.deepEqual(said, ['hello', 'request', 'reset', 'credit 0: 1000']);
    assert.equal(mux.streams, 0);
    await mux.close();
  });
});
