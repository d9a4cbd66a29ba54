// SPDX-License-Identifier: Apache-2.0
// Requests that are begun and given up as fast as they fit (CVE-2023-44487): the site runs a bounded number, and the session ends.

import assert from 'node:assert/strict';
import { PortholeError } from '../../../proto/errors.ts';
import { MAX_ABANDONED, MAX_RESETS, MAX_STREAMS, RESETS_PER_SECOND } from '../../../proto/limits.ts';
import { waitOf } from '../../../proto/wait.ts';
import { memoryPair } from '../../../transport/channel/memory.ts';
import { serveSession } from '../../../transport/session/host.ts';
import { requestHead } from '../../../transport/session/http.ts';
import { Mux } from '../../../transport/session/mux.ts';
import { MANY_RESETS, ResetBudget } from '../../../transport/session/reset-budget.ts';
import { HESITATION_MS } from '../../../transport/session/serving.ts';
import { BEGIN_MS } from '../../../transport/session/turn-budget.ts';
import { openSession } from '../../../transport/session/visitor.ts';
import { bare } from '../../support/bare.ts';
import { fakeClock } from '../../support/clock.ts';
import { settled } from '../../support/resumables.ts';

const head = requestHead(new Request('http://site/a'));

describe('rapid reset', () => {
  /** A site that answers when it is told to, and takes so many milliseconds to begin; and a raw visitor. */
  function stage(beginMs = 0) {
    const pair = memoryPair();
    const clock = fakeClock();
    const running: { request: Request; answer(): void }[] = [];
    const now = { most: 0 };
    const served = serveSession(
      bare(pair.b),
      (request) =>
        new Promise((resolve) => {
          const one = {
            request,
            answer: () => {
              running.splice(running.indexOf(one), 1);
              resolve(new Response('x'));
            },
          };
          running.push(one);
          clock.advance(beginMs);
          now.most = Math.max(now.most, running.length);
        }),
      { session: '1', via: 'memory' },
      { clock },
    );
    const mux = new Mux(bare(pair.a), { role: 'visitor' });
    mux.start();
    const rapid = async (count: number): Promise<number> => {
      for (let i = 0; i < count; i++) {
        if (!mux.takes) return i;
        mux.open(head, true).reset(new PortholeError('CANCELLED'));
        if (i % 100 === 99) await settled(2);
      }
      await settled();
      return count;
    };
    const end = (): Promise<unknown> => Promise.all([mux.close(), served.close()]);
    return { mux, served, running, now, clock, rapid, end };
  }

  it('no more than MAX_ABANDONED run at the site for nobody; the session that goes on ends with RATE_LIMITED', async () => {
    const { mux, served, now, rapid, end } = stage();
    const begun = await rapid(20_000);
    assert.ok(begun < MAX_RESETS + 500, `${begun} were taken`);
    const error = await served.closed;
    assert.equal(error?.code, 'RATE_LIMITED');
    assert.equal((await mux.closed)?.code, 'RATE_LIMITED', 'the visitor is told');
    assert.ok((waitOf(error as PortholeError) ?? 0) > 0, 'and how long to wait');
    assert.equal(now.most, MAX_ABANDONED);
    await end();
  });

  it('the site is told of each that was given up', async () => {
    const { running, rapid, end } = stage();
    await rapid(10);
    assert.equal(running.length, 10);
    assert.ok(running.every(({ request }) => request.signal.aborted));
    assert.ok(running.every(({ request }) => (request.signal.reason as PortholeError).code === 'CANCELLED'));
    await end();
  });

  it('further requests wait until there is room, in their order; those that are given up meanwhile never reach the site', async () => {
    const { mux, served, running, rapid, clock, end } = stage();
    await rapid(MAX_ABANDONED + 7);
    clock.advance(HESITATION_MS);
    await settled();
    assert.equal(served.running, MAX_ABANDONED);
    assert.equal(served.streams, 0);
    const [first, second, third] = ['1', '2', '3'].map((name) => mux.open(requestHead(new Request(`http://site/${name}`)), true));
    await settled();
    clock.advance(HESITATION_MS);
    await settled();
    assert.equal(running.length, MAX_ABANDONED, 'they wait');
    second?.reset(new PortholeError('CANCELLED'));
    await settled();
    for (const one of running.slice(0, 2)) one.answer();
    await settled();
    assert.deepEqual(
      running.slice(-2).map(({ request }) => new URL(request.url).pathname),
      ['/1', '/3'],
    );
    const responses = Promise.all([first?.response, third?.response]);
    for (const one of [...running]) one.answer();
    assert.deepEqual(
      (await responses).map((response) => response?.status),
      [200, 200],
    );
    await settled();
    assert.equal(served.running, 0);
    await end();
  });

  it('MAX_STREAMS run at the site at once, as long as somebody waits for them', async () => {
    const { mux, served, running, end } = stage();
    for (let i = 0; i < MAX_STREAMS; i++) mux.open(head, true);
    await settled();
    assert.equal(served.running, MAX_STREAMS);
    assert.equal(running.length, MAX_STREAMS);
    await end();
  });

  it('a session begins requests for BEGIN_MS of each turn of the event loop: others are served between', async () => {
    const { mux, served, end } = stage(BEGIN_MS / 4);
    for (let i = 0; i < 40; i++) mux.open(head, true);
    const begun: number[] = [];
    for (let turns = 0; turns < 100 && served.running < 40; turns++) {
      const before = served.running;
      await settled(1);
      begun.push(served.running - before);
    }
    assert.equal(served.running, 40);
    assert.ok(Math.max(...begun) <= 4 && begun.filter((count) => count > 0).length >= 10, begun.join());
    await end();
  });

  it('what came of a request before it is begun is there to be read', async () => {
    const { mux, running, end } = stage(BEGIN_MS);
    mux.open(head, true);
    const late = mux.open({ ...head, method: 'POST' }, false);
    void late.write(new Uint8Array(1000).fill(7), true);
    for (let turns = 0; turns < 100 && running.length < 2; turns++) await settled(1);
    const bytes = new Uint8Array((await running[1]?.request.arrayBuffer()) ?? new ArrayBuffer(0));
    assert.deepEqual([bytes.length, bytes[0], bytes[999]], [1000, 7, 7]);
    await end();
  });

  it('what came of a request that is given up before it is begun is held no longer', async () => {
    const { mux, served, running, end } = stage(BEGIN_MS);
    mux.open(head, true);
    const late = mux.open({ ...head, method: 'POST' }, false);
    await late.write(new Uint8Array(1000), true);
    late.reset(new PortholeError('CANCELLED'));
    await settled();
    assert.equal(running.length, 1);
    assert.equal(served.held, 0);
    await end();
  });

  it('a visitor that gives up what it may, MAX_STREAMS at once, goes on', async () => {
    const { served, running, rapid, end, mux, clock } = stage();
    await rapid(MAX_STREAMS);
    for (const one of [...running]) one.answer();
    await settled();
    const asked = mux.open(head, true);
    await settled();
    assert.equal(running.length, 0, 'it hesitates');
    clock.advance(HESITATION_MS);
    await settled();
    running[0]?.answer();
    assert.equal((await asked.response).status, 200);
    await settled();
    assert.equal(served.streams, 0);
    await end();
  });

  it('the budget is MAX_RESETS; RESETS_PER_SECOND come back with time, and one with each answered request', () => {
    const budget = new ResetBudget(0);
    const most = (now: number): number => {
      for (let count = 0; ; count++) if (budget.spend(now)) return count;
    };
    for (let i = 0; i < MANY_RESETS; i++) budget.spend(0);
    assert.equal(budget.many, false);
    budget.spend(0);
    assert.equal(budget.many, true);
    assert.equal(most(0), MAX_RESETS - MANY_RESETS - 1);
    assert.equal(most(1000), RESETS_PER_SECOND);
    for (let i = 0; i < 7; i++) budget.answered();
    assert.equal(most(1000), 7);
    for (let i = 0; i < 2 * MAX_RESETS; i++) budget.answered();
    assert.equal(most(1000), MAX_RESETS, 'and never more');
    assert.equal(most(1e9), MAX_RESETS);
  });

  it('a session that asks and reads its answers may do so without end', async () => {
    const pair = memoryPair();
    const served = serveSession(bare(pair.b), async () => new Response('x'.repeat(1000)), { session: '1', via: 'memory' });
    const session = openSession(bare(pair.a));
    for (let i = 0; i < 2 * MAX_RESETS; i++) {
      const { body } = await session.fetch(new Request('http://site/'));
      // Every other one is cancelled when it has come, or while it comes.
      if (i % 2 === 0) await body?.cancel();
      else await new Response(body).arrayBuffer();
    }
    assert.equal(session.open, true);
    await Promise.all([session.close(), served.close()]);
  });
});
