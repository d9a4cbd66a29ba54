// SPDX-License-Identifier: Apache-2.0
// How long a download waits: for a site as long as a path stands, for a path no longer than its patience.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DownloadEvent, download } from '../../../client-runtime/download/download.ts';
import { type Source, Watchdog } from '../../../client-runtime/download/watchdog.ts';
import type { VisitState } from '../../../client-runtime/visit/visit.ts';
import { PortholeError } from '../../../proto/errors.ts';
import type { Clock } from '../../../transport/time/clock.ts';
import { type FakeClock, fakeClock } from '../../support/clock.ts';

const content = new Uint8Array(20_500);
const offline = new PortholeError('HOST_OFFLINE');

describe('a download without a path', () => {
  let folder: string;
  let events: DownloadEvent[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'porthole-'));
    events = [];
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** A visit whose one answer begins with a few bytes, and then nothing comes until the request is given up. */
  function stranded(): Source & { is(status: VisitState): void } {
    const listeners = new Set<(status: VisitState) => void>();
    let status: VisitState = connected();
    return {
      get status() {
        return status;
      },
      is(next) {
        status = next;
        for (const listener of [...listeners]) listener(next);
      },
      onStatus(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      async fetch({ signal }) {
        const body = new ReadableStream<Uint8Array>({
          start(controller) {
            controller.enqueue(content.slice(0, 5000));
            signal?.addEventListener('abort', () => controller.error(new PortholeError('CANCELLED')));
          },
        });
        return new Response(body, { headers: { etag: '"one"', 'content-length': String(content.length) } });
      },
    };
  }
  const connected = (silent = false): VisitState => ({ state: 'connected', path: { via: 'relay', rttMs: 1, reason: '', silent } });
  const connecting: VisitState = { state: 'connecting', trying: [] };
  const PATIENCE_MS = 2000;

  /** Begins a download of which the first bytes have come. */
  async function begin(visit: Source): Promise<{ clock: FakeClock; ended: Promise<unknown>; over: () => boolean }> {
    const clock = fakeClock();
    let moved = (): void => {};
    const first = new Promise<void>((resolve) => {
      moved = resolve;
    });
    let over = false;
    const ended = download(visit, 'http://site/file.bin', {
      to: join(folder, 'file.bin'),
      clock,
      patienceMs: PATIENCE_MS,
      onProgress: () => moved(),
      onEvent: (event) => events.push(event),
    })
      .catch((error: unknown) => error)
      .finally(() => {
        over = true;
      });
    await first;
    return { clock, ended, over: () => over };
  }
  const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

  for (const [name, status, code] of [
    ['no path stands', connecting, 'PATH_LOST'],
    ['the path is silent', connected(true), 'PATH_LOST'],
    ['the host is known to be gone', { state: 'offline', error: offline }, 'HOST_OFFLINE'],
  ] as const) {
    it(`patience ends it while ${name}, though its session waits longer; what came is kept`, async () => {
      const visit = stranded();
      const { clock, ended, over } = await begin(visit);
      visit.is(status);
      clock.advance(PATIENCE_MS - 1);
      await settle();
      assert.ok(!over());
      clock.advance(1);
      const error = await ended;
      assert.ok(error instanceof PortholeError);
      assert.deepEqual([error.code, events, clock.timers], [code, [{ type: 'kept', bytes: 5000 }], 0]);
    });
  }

  it('a site may take longer than that while a path stands, also on another path', async () => {
    const visit = stranded();
    const { clock, ended, over } = await begin(visit);
    clock.advance(10 * PATIENCE_MS);
    await settle();
    assert.ok(!over());
    // The path that stood until now is given the time to be replaced: it may be silent for no more than a moment.
    visit.is(connected(true));
    clock.advance(PATIENCE_MS - 1);
    await settle();
    assert.ok(!over());
    visit.is(connecting);
    clock.advance(1);
    assert.equal(((await ended) as PortholeError).code, 'PATH_LOST');

    const other = stranded();
    const again = await begin(other);
    other.is(connecting);
    again.clock.advance(PATIENCE_MS - 1);
    other.is(connected());
    again.clock.advance(10 * PATIENCE_MS);
    await settle();
    assert.ok(!again.over());
    other.is({ state: 'offline', error: offline });
    again.clock.advance(PATIENCE_MS);
    await again.ended;
  });

  it('patience may last longer than a timer can be set for', () => {
    const clock = fakeClock();
    const waits: number[] = [];
    const counted: Clock = {
      now: clock.now,
      after(ms, run) {
        waits.push(ms);
        return clock.after(ms, run);
      },
    };
    const MONTH_MS = 30 * 24 * 3600_000;
    const watchdog = new Watchdog({ ...stranded(), status: connecting }, counted, MONTH_MS, () => 0);
    for (let day = 0; day < 30; day++) {
      assert.ok(!watchdog.signal.aborted);
      clock.advance(MONTH_MS / 30);
    }
    assert.ok(watchdog.signal.aborted);
    // What is more than 31 bits Node takes for one millisecond.
    assert.ok(waits.length < 100 && waits.every((ms) => ms < 2 ** 31));
  });
});
