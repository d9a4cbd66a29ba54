// SPDX-License-Identifier: Apache-2.0
// The host's end of the inbox where things fail: the suite for a while, the site at one request for good, a box amid its parts.

import assert from 'node:assert/strict';
import { newIdentity } from '../../../host-agent/identity/identity.ts';
import { GIVE_UP_MS, InboxReader, type InboxReaderOptions, LAST_RETRY_MS } from '../../../host-agent/inbox.ts';
import { asPortholeError, PortholeError } from '../../../proto/errors.ts';
import { MAX_INBOX_BATCH_BYTES } from '../../../proto/limits.ts';
import { decodeMessage, encodeMessage, type Message } from '../../../proto/rendezvous.ts';
import { Inbox } from '../../../signaling/inbox/inbox.ts';
import { SUITE_LIMITS } from '../../../signaling/shared/limits.ts';
import { fakeClock } from '../../support/clock.ts';
import { cleanUp, folder, later } from '../signaling/helper.ts';

const identity = newIdentity();
let now = 1_000_000;

/** A reader, with the suite's own inbox behind it. */
async function open(options: Partial<InboxReaderOptions> = {}) {
  const clock = fakeClock();
  const inbox = new Inbox(await folder(), SUITE_LIMITS, () => now, clock);
  later(() => inbox.close());
  inbox.register(identity.id, { patterns: ['/*'], messages: 0, seconds: 0 });
  const put = (target: string, body = new Uint8Array()): void => {
    const received = '2026-03-01T12:00:00.000Z';
    inbox.put(identity.id, { received, method: 'POST', target, authority: 'shop', fields: [], body });
  };
  const got: string[] = [];
  const errors: string[] = [];
  const take = async (asked: Message<'InboxTake'>) =>
    decodeMessage('InboxBatch', encodeMessage('InboxBatch', inbox.take(identity.id, asked)));
  const reader = new InboxReader({
    site: async (request) => {
      const { pathname } = new URL(request.url);
      got.push(pathname);
      return new Response(null, { status: pathname === '/bad' ? 500 : 204 });
    },
    identity,
    file: null,
    clock,
    keepMs: 0,
    take,
    onNews: () => {},
    onError: (error) => void errors.push(asPortholeError(error).code),
    ...options,
  });
  later(() => reader.close(0));
  return { clock, inbox, put, got, errors, take, reader };
}

/** Lets what is under way come to where it waits for the clock, or for nothing. */
async function settle(check: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000 && !check(); turn++) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(check(), 'never came true');
}

describe('the reader of an inbox', () => {
  afterEach(cleanUp);

  it('begins again after a failure, later each time, and no more once it is closed', async () => {
    let failures = 3;
    let asked = 0;
    const all = await open({
      take: async (fields) => {
        asked++;
        if (failures-- > 0) throw new PortholeError('STORAGE_FAILED');
        return await all.take(fields);
      },
    });
    const { clock, reader, put, got, errors } = all;
    put('/a');
    reader.start();
    for (const pauseMs of [1000, 2000, 4000]) {
      await settle(() => clock.timers === 1);
      const before = asked;
      clock.advance(pauseMs - 1);
      assert.equal(clock.timers, 1, `${pauseMs} ms`);
      assert.equal(asked, before);
      clock.advance(1);
      await settle(() => asked > before);
    }
    await settle(() => got.length === 1);
    assert.deepEqual(errors, ['STORAGE_FAILED', 'STORAGE_FAILED', 'STORAGE_FAILED']);
    await settle(() => clock.timers === 0);
    failures = 1;
    reader.start();
    await settle(() => clock.timers === 1);
    await reader.close(0);
    assert.equal(clock.timers, 0);
  });

  for (const [what, keepMs, patienceMs] of [
    ['GIVE_UP_MS', 0, GIVE_UP_MS],
    ['as long as the host wants requests kept', 90_000, 90_000],
  ] as const) {
    it(`gives up a request that the site fails at for ${what}, says so, and goes on`, async () => {
      const { clock, reader, put, got, errors } = await open({ keepMs });
      put('/bad');
      put('/good');
      reader.start();
      while (!got.includes('/good')) {
        const tries = got.length;
        await settle(() => got.includes('/good') || clock.timers === 1);
        if (got.includes('/good')) break;
        assert.ok(clock.now() < patienceMs, 'too long');
        clock.advance(Math.min(LAST_RETRY_MS, patienceMs - clock.now()));
        await settle(() => got.length > tries);
      }
      assert.equal(clock.now(), patienceMs);
      assert.deepEqual(errors, ['SITE_FAILED']);
      assert.equal(got.at(-1), '/good');
    });
  }

  it('delivers the next request whole when one expires between its parts', async () => {
    let asked = 0;
    const all = await open({
      take: async (fields) => {
        if (asked++ === 1) now += SUITE_LIMITS.inboxMs - 1000;
        return await all.take(fields);
      },
    });
    const { reader, put, got, errors } = all;
    put('/first', new Uint8Array(MAX_INBOX_BATCH_BYTES + 1000));
    now += 1000;
    put('/second', new Uint8Array(MAX_INBOX_BATCH_BYTES + 2000));
    put('/third');
    reader.start();
    await settle(() => got.length + errors.length >= 2);
    assert.deepEqual([got, errors], [['/second', '/third'], []]);
  });
});
