// SPDX-License-Identifier: Apache-2.0
// The engine: order, head start, losers closed, every rejection named, the signal honoured.

import assert from 'node:assert/strict';
import { PortholeError } from '../../../proto/errors.ts';
import type { Connection } from '../../../transport/connection.ts';
import { ATTEMPT_MS, HEAD_START_MS, race, type Won } from '../../../transport/engine.ts';
import { memoryPair } from '../../../transport/memory.ts';
import type { Call, Strategy, Verdict } from '../../../transport/strategy.ts';
import { type FakeClock, fakeClock } from '../../support/clock.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const code =
  (expected: string) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof PortholeError, String(error));
    assert.equal(error.code, expected);
    return true;
  };

/** A strategy whose attempt the test settles. */
class Hand implements Strategy {
  readonly name: string;
  verdict: Verdict = { chance: 'likely', reason: '' };
  begun = 0;
  stopped = false;
  stand!: (connection: Connection) => void;
  fail!: (error: Error) => void;
  readonly deaf: boolean;

  constructor(name: string, deaf = false) {
    this.name = name;
    this.deaf = deaf;
  }
  suits(): Verdict {
    return this.verdict;
  }
  attempt(_: Call, signal: AbortSignal): Promise<Connection> {
    this.begun++;
    return new Promise((resolve, reject) => {
      this.stand = resolve;
      this.fail = reject;
      signal.addEventListener('abort', () => {
        this.stopped = true;
        if (!this.deaf) reject(signal.reason);
      });
    });
  }
}

describe('engine', () => {
  let clock: FakeClock;
  let stop: AbortController;
  const start = (...strategies: Strategy[]): Promise<Won> =>
    race({ strategies, clock, signal: stop.signal, callFor: () => ({ self: {}, peer: {} }) as Call });

  beforeEach(() => {
    clock = fakeClock();
    stop = new AbortController();
  });

  it('gives the first a head start, then tries the next beside it', async () => {
    const [a, b, c] = [new Hand('a'), new Hand('b'), new Hand('c')];
    const won = start(a, b, c);
    assert.deepEqual([a.begun, b.begun, c.begun], [1, 0, 0]);
    clock.advance(HEAD_START_MS - 1);
    assert.equal(b.begun, 0);
    clock.advance(1);
    assert.deepEqual([a.begun, b.begun, c.begun], [1, 1, 0]);
    clock.advance(HEAD_START_MS);
    assert.equal(c.begun, 1);
    const { a: connection } = memoryPair();
    a.stand(connection);
    assert.equal((await won).connection, connection);
    assert.deepEqual([b.stopped, c.stopped], [true, true]);
  });

  it('goes on at once when one fails, and says what became of it', async () => {
    const [a, b] = [new Hand('a'), new Hand('b')];
    const won = start(a, b);
    a.fail(new PortholeError('NO_PATH', 'UDP is blocked'));
    await turn();
    assert.equal(b.begun, 1);
    b.stand(memoryPair().a);
    assert.match((await won).reason, /^b stood; a: UDP is blocked$/);
  });

  it('leaves out what does not suit', async () => {
    const [a, b] = [new Hand('a'), new Hand('b')];
    a.verdict = { chance: 'no', reason: 'no WebRTC here' };
    const won = start(a, b);
    assert.deepEqual([a.begun, b.begun], [0, 1]);
    b.stand(memoryPair().a);
    assert.match((await won).reason, /a: no WebRTC here/);
  });

  it('names every rejection when none stands', async () => {
    const [a, b] = [new Hand('a'), new Hand('b')];
    const won = start(a, b);
    a.fail(new Error('first'));
    await turn();
    b.fail(new Error('second'));
    await assert.rejects(won, (error: PortholeError) => code('NO_PATH')(error) && /a: .*first.*b: .*second/.test(error.message));
    await assert.rejects(start(), code('NO_PATH'));
  });

  it('closes a loser that stands after all', async () => {
    const [a, b] = [new Hand('a', true), new Hand('b')];
    const won = start(a, b);
    clock.advance(HEAD_START_MS);
    b.stand(memoryPair().a);
    await won;
    const late = memoryPair();
    a.stand(late.a);
    await turn();
    await assert.rejects(late.b.receive(), code('PATH_LOST'));
  });

  it('goes on when a strategy throws instead of rejecting', async () => {
    const [a, b] = [new Hand('a'), new Hand('b')];
    a.attempt = () => {
      throw new Error('thrown at once');
    };
    const won = start(a, b);
    await turn();
    b.stand(memoryPair().a);
    assert.match((await won).reason, /a: .*thrown at once/);
  });

  it('gives up a way that takes too long', async () => {
    const a = new Hand('a');
    const won = start(a);
    clock.advance(ATTEMPT_MS);
    await assert.rejects(won, code('NO_PATH'));
    assert.equal(a.stopped, true);
  });

  it("stops everything at the signal, with the signal's reason", async () => {
    const [a, b] = [new Hand('a'), new Hand('b')];
    const won = start(a, b);
    stop.abort(new Error('leaving'));
    await assert.rejects(won, /leaving/);
    assert.equal(a.stopped, true);
    clock.advance(HEAD_START_MS);
    assert.equal(b.begun, 0);
    await assert.rejects(start(a), /leaving/);
  });
});
