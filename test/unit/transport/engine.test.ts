// SPDX-License-Identifier: Apache-2.0
// The engine: tiers and head starts, what goes on beside a connection that stands, every rejection named, the signal honoured.

import assert from 'node:assert/strict';
import { PortholeError } from '../../../proto/errors.ts';
import type { Connection } from '../../../transport/channel/connection.ts';
import { memoryPair } from '../../../transport/channel/memory.ts';
import { ATTEMPT_MS, attemptBy, describeFailures, type Failure, tryStrategies } from '../../../transport/strategy/engine.ts';
import { FASTEST, type Policy, policyFor } from '../../../transport/strategy/policy.ts';
import type { Call, Strategy, StrategyInfo, Verdict } from '../../../transport/strategy/strategy.ts';
import { asked } from '../../support/asked.ts';
import { type FakeClock, fakeClock } from '../../support/clock.ts';
import { someStrategy } from '../../support/some-strategy.ts';

const HEAD_START_MS = 700;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const code =
  (expected: string) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof PortholeError, String(error));
    assert.equal(error.code, expected);
    return true;
  };

/** A strategy whose attempt the test settles. */
const madeBy = new WeakMap<Connection, string>();

class Hand implements Strategy {
  readonly name: string;
  readonly kind: StrategyInfo['kind'];
  readonly cost: number;
  readonly words: StrategyInfo['words'];
  verdict: Verdict = { chance: 'likely', reason: '' };
  begun = 0;
  stopped = false;
  stand!: (connection: Connection) => void;
  fail!: (error: Error) => void;
  readonly deaf: boolean;

  constructor(name: string, deaf = false) {
    const { kind, cost, words } = someStrategy(name);
    this.name = name;
    this.kind = kind;
    this.cost = cost;
    this.words = words;
    this.deaf = deaf;
  }
  suits(): Verdict {
    return this.verdict;
  }
  attempt(_: Call, signal: AbortSignal): Promise<Connection> {
    this.begun++;
    return new Promise((resolve, reject) => {
      this.stand = (connection) => {
        madeBy.set(connection, this.name);
        resolve(connection);
      };
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
  let stood: Connection[];
  const start = (policy: Policy, ...strategies: Strategy[]): Promise<readonly Failure[]> =>
    tryStrategies({
      strategies,
      policy,
      headStartMs: HEAD_START_MS,
      clock,
      signal: stop.signal,
      callFor: () => ({ self: {}, peer: {} }) as Call,
      onPath: (connection) => stood.push(connection),
    });
  /** In the order of the list, each alone. */
  const inOrder = (...strategies: Strategy[]): Promise<readonly Failure[]> =>
    start(policyFor(strategies.map(({ name }) => name)), ...strategies);
  const names = (): (string | undefined)[] => stood.map((connection) => madeBy.get(connection));

  beforeEach(() => {
    clock = fakeClock();
    stop = new AbortController();
    stood = [];
  });

  it('what a strategy of others makes is a connection by its name, or the strategy has failed', async () => {
    const strategy = new Hand('smoke');
    const attempt = (made: unknown): Promise<Connection> => {
      const attempted = attemptBy(strategy, {} as Call, stop.signal);
      strategy.stand(made as Connection);
      return attempted;
    };
    const { a: own } = memoryPair('smoke');
    assert.equal(await attempt(own), own);
    await assert.rejects(attempt({}), code('INTERNAL'));
    const { a: another, b: peer } = memoryPair('fire');
    await assert.rejects(attempt(another), code('INTERNAL'));
    await assert.rejects(asked(peer).receive(), code('PATH_LOST'), 'it is not left open');
    const attempted = attemptBy(
      { ...someStrategy('smoke'), suits: strategy.suits, attempt: async () => undefined as never },
      {} as Call,
      stop.signal,
    );
    await assert.rejects(attempted, code('INTERNAL'));
  });

  it('gives each tier a head start on the next', () => {
    const [a, b, c] = [new Hand('a'), new Hand('b'), new Hand('c')];
    void inOrder(a, b, c);
    assert.deepEqual([a.begun, b.begun, c.begun], [1, 0, 0]);
    clock.advance(HEAD_START_MS - 1);
    assert.equal(b.begun, 0);
    clock.advance(1);
    assert.deepEqual([a.begun, b.begun, c.begun], [1, 1, 0]);
    clock.advance(HEAD_START_MS);
    assert.equal(c.begun, 1);
  });

  it('fastest: direct strategies begin together, the relay after their head start, whatever the order they are given in', () => {
    const [relay, a, b] = [new Hand('relay'), new Hand('a'), new Hand('b')];
    void start(FASTEST, relay, a, b);
    assert.deepEqual([a.begun, b.begun, relay.begun], [1, 1, 0]);
    clock.advance(HEAD_START_MS);
    assert.equal(relay.begun, 1);
  });

  it('fastest: the relay carries first, direct attempts go on, and the first of them that stands ends it', async () => {
    const [a, b, relay] = [new Hand('a'), new Hand('b'), new Hand('relay')];
    const done = start(FASTEST, a, b, relay);
    clock.advance(HEAD_START_MS);
    const first = memoryPair().a;
    relay.stand(first);
    await turn();
    assert.equal(stood[0], first);
    assert.deepEqual([a.stopped, b.stopped], [false, false]);
    b.stand(memoryPair().a);
    assert.deepEqual(await done, []);
    assert.equal(a.stopped, true);
    assert.deepEqual(names(), ['relay', 'b']);
  });

  it('a lesser strategy that is under way goes on beside a better one that stands; one that waits is not begun', async () => {
    const [a, relay] = [new Hand('a'), new Hand('relay')];
    const done = start(FASTEST, a, relay);
    clock.advance(HEAD_START_MS);
    a.stand(memoryPair().a);
    await turn();
    assert.equal(relay.stopped, false);
    relay.stand(memoryPair().a);
    await done;
    assert.deepEqual(names(), ['a', 'relay']);

    const [c, late] = [new Hand('c'), new Hand('relay')];
    const quick = start(FASTEST, c, late);
    c.stand(memoryPair().a);
    await quick;
    clock.advance(HEAD_START_MS * 2);
    assert.equal(late.begun, 0);
  });

  it('fastest: TCP goes on beside a data channel that stands, and is handed over, too', async () => {
    const [tcp, channel] = [new Hand('tcp-punch'), new Hand('data-channel')];
    const done = start(FASTEST, channel, tcp);
    channel.stand(memoryPair().a);
    await turn();
    assert.equal(tcp.stopped, false);
    tcp.stand(memoryPair().a);
    await done;
    assert.deepEqual(names(), ['data-channel', 'tcp-punch']);
  });

  it('fastest: a data channel under way is stopped when TCP stands, and the relay is not', async () => {
    const [tcp, channel, relay] = [new Hand('tcp-punch'), new Hand('data-channel'), new Hand('relay')];
    const done = start(FASTEST, channel, tcp, relay);
    clock.advance(HEAD_START_MS);
    tcp.stand(memoryPair().a);
    await turn();
    assert.deepEqual([channel.stopped, relay.stopped], [true, false]);
    relay.stand(memoryPair().a);
    await done;
    assert.equal(stood.length, 2);
  });

  it('a list in which a data channel is before TCP leaves TCP out once it stands', async () => {
    const [tcp, channel] = [new Hand('tcp-punch'), new Hand('data-channel')];
    const done = inOrder(channel, tcp);
    channel.stand(memoryPair().a);
    await done;
    assert.equal(tcp.begun, 0);
  });

  it('direct-only and relay-only leave out the others', async () => {
    for (const [policy, used] of [
      ['direct-only', 'a'],
      ['relay-only', 'relay'],
    ] as const) {
      const strategies = [new Hand('a'), new Hand('relay')];
      const done = start(policyFor([policy]), ...strategies);
      clock.advance(HEAD_START_MS * 2);
      assert.deepEqual(
        strategies.filter(({ begun }) => begun > 0).map(({ name }) => name),
        [used],
      );
      strategies.find(({ name }) => name === used)?.fail(new Error('no'));
      await assert.rejects(done, code('NO_PATH'));
    }
  });

  it('goes on at once when a tier fails, and says what became of it', async () => {
    const [a, b] = [new Hand('a'), new Hand('b')];
    const done = inOrder(a, b);
    a.fail(new PortholeError('NO_PATH', 'UDP is blocked'));
    await turn();
    assert.equal(b.begun, 1);
    b.stand(memoryPair().a);
    assert.deepEqual(
      (await done).map(({ strategy, error }) => [strategy, error.code, error.message]),
      [['a', 'NO_PATH', 'UDP is blocked']],
    );
  });

  it('waits for the rest of a tier of which one has failed, as long as its head start lasts', async () => {
    const [a, b, relay] = [new Hand('a'), new Hand('b'), new Hand('relay')];
    void start(FASTEST, a, b, relay);
    a.fail(new Error('no'));
    await turn();
    assert.equal(relay.begun, 0);
    b.fail(new Error('no'));
    await turn();
    assert.equal(relay.begun, 1);
  });

  it('leaves out what does not suit', async () => {
    const [a, b] = [new Hand('a'), new Hand('b')];
    a.verdict = { chance: 'no', reason: 'no WebRTC here' };
    const done = inOrder(a, b);
    assert.deepEqual([a.begun, b.begun], [0, 1]);
    b.stand(memoryPair().a);
    assert.match(describeFailures(await done), /^a: no WebRTC here/);
  });

  it('names every rejection when none stands', async () => {
    const [a, b] = [new Hand('a'), new Hand('b')];
    const done = inOrder(a, b);
    a.fail(new Error('first'));
    await turn();
    b.fail(new Error('second'));
    await assert.rejects(done, (error: PortholeError) => code('NO_PATH')(error) && /a: .*first.*b: .*second/.test(error.message));
    await assert.rejects(start(FASTEST), code('NO_PATH'));
    assert.deepEqual(stood, []);
  });

  it('closes one that was stopped and stands after all', async () => {
    const [a, b] = [new Hand('a', true), new Hand('b')];
    const done = start(FASTEST, a, b);
    b.stand(memoryPair().a);
    await done;
    const late = memoryPair();
    a.stand(late.a);
    await turn();
    await assert.rejects(asked(late.b).receive(), code('PATH_LOST'));
    assert.equal(stood.length, 1);
  });

  it('goes on when a strategy throws instead of rejecting', async () => {
    const [a, b] = [new Hand('a'), new Hand('b')];
    a.attempt = () => {
      throw new Error('thrown at once');
    };
    const done = inOrder(a, b);
    await turn();
    b.stand(memoryPair().a);
    assert.match(describeFailures(await done), /^a: .*thrown at once/);
  });

  for (const deaf of [false, true]) {
    it(`gives up a strategy that takes too long${deaf ? ', even one that does not listen' : ''}`, async () => {
      const a = new Hand('a', deaf);
      const done = start(FASTEST, a);
      clock.advance(ATTEMPT_MS);
      await assert.rejects(done, (error: PortholeError) => code('NO_PATH')(error) && /within 20 s/.test(error.message));
      assert.equal(a.stopped, true);
    });
  }

  it("stops everything at the signal, with the signal's reason; what stands is left alone", async () => {
    const [a, b] = [new Hand('a'), new Hand('relay')];
    const done = start(FASTEST, a, b);
    clock.advance(HEAD_START_MS);
    const pair = memoryPair();
    b.stand(pair.a);
    await turn();
    stop.abort(new Error('leaving'));
    await assert.rejects(done, /leaving/);
    assert.equal(a.stopped, true);
    await pair.a.send(Uint8Array.of(1));
    assert.deepEqual(await asked(pair.b).receive(), Uint8Array.of(1));
    await assert.rejects(start(FASTEST, a), /leaving/);
    assert.equal(a.begun, 1);
  });

  it('begins nothing after the signal', async () => {
    const [a, b] = [new Hand('a', true), new Hand('b')];
    const done = inOrder(a, b);
    stop.abort(new Error('leaving'));
    await assert.rejects(done, /leaving/);
    clock.advance(HEAD_START_MS);
    assert.equal(b.begun, 0);
    const late = memoryPair();
    a.stand(late.a);
    await turn();
    await assert.rejects(asked(late.b).receive(), code('PATH_LOST'));
  });
});
