// SPDX-License-Identifier: Apache-2.0
// Calls: the callee follows for as long as the caller tries, both ends end the call, and the limits of each.

import assert from 'node:assert/strict';
import { PortholeError } from '../../../proto/errors.ts';
import { type Message, NoteKind, Role } from '../../../proto/rendezvous.ts';
import type { Connection } from '../../../transport/channel/connection.ts';
import { memoryPair } from '../../../transport/channel/memory.ts';
import { Calls, MAX_ATTEMPTS, MAX_CALLS } from '../../../transport/rendezvous/calls.ts';
import type { Rendezvous } from '../../../transport/rendezvous/client.ts';
import type { Failure } from '../../../transport/strategy/engine.ts';
import { FASTEST, HEAD_START_MS } from '../../../transport/strategy/policy.ts';
import type { Call, Strategy, StrategyInfo } from '../../../transport/strategy/strategy.ts';
import { asked } from '../../support/asked.ts';
import { type FakeClock, fakeClock } from '../../support/clock.ts';
import { someStrategy } from '../../support/some-strategy.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Both halves of a strategy, each settled by the test. */
class HandStrategy implements Strategy {
  readonly name: string;
  readonly kind: StrategyInfo['kind'];
  readonly cost: number;
  readonly words: StrategyInfo['words'];
  readonly halves: { call: Call; signal: AbortSignal; stand(connection: Connection): void; fail(error: Error): void }[] = [];

  constructor(name: string) {
    const { kind, cost, words } = someStrategy(name);
    this.name = name;
    this.kind = kind;
    this.cost = cost;
    this.words = words;
  }
  suits(): { chance: 'likely'; reason: string } {
    return { chance: 'likely', reason: '' };
  }
  attempt(call: Call, signal: AbortSignal): Promise<Connection> {
    return new Promise((resolve, reject) => {
      this.halves.push({ call, signal, stand: resolve, fail: reject });
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  }
  half(role: Call['role']) {
    const found = this.halves.findLast(({ call }) => call.role === role);
    assert.ok(found, `${this.name} is not begun at the ${role}`);
    return found;
  }
  /** The connection stands at both ends. */
  stand(): void {
    const { a, b } = memoryPair(this.name);
    this.half('caller').stand(a);
    this.half('callee').stand(b);
  }
}

describe('calls', () => {
  let clock: FakeClock;
  let direct: HandStrategy;
  let relay: HandStrategy;
  let caller: Calls;
  let callee: Calls;
  let stood: string[];
  let followed: string[];
  let hangups: string[];
  let stop: AbortController;

  /** Two ends, and a suite between them that passes on what they tell. */
  beforeEach(() => {
    clock = fakeClock();
    direct = new HandStrategy('direct');
    relay = new HandStrategy('relay');
    stop = new AbortController();
    stood = [];
    followed = [];
    hangups = [];
    const to = (other: () => Calls): Pick<Rendezvous, 'tell' | 'greeting' | 'rttMs'> => ({
      greeting: null,
      rttMs: 50,
      tell: (name, fields) => {
        if (name === 'Note') return other().note({ payload: new Uint8Array(), ...fields } as Message<'Note'>);
        const { call, code } = fields as Message<'Hangup'>;
        hangups.push(code);
        other().hangUp(call, new PortholeError('CANCELLED', code));
      },
    });
    const common = { strategies: [direct, relay], self: () => ({}), clock };
    caller = new Calls({ ...common, rendezvous: to(() => callee) });
    callee = new Calls({ ...common, rendezvous: to(() => caller), onConnection: ({ via }) => followed.push(via) });
  });

  const introduction = (role: number, call = 'call', strategies = ['direct', 'relay']): Message<'Introduction'> =>
    ({ call, role, strategies }) as unknown as Message<'Introduction'>;
  const call = (headStartMs?: number): Promise<readonly Failure[]> => {
    callee.answer(introduction(Role.CALLEE));
    return caller.open(introduction(Role.CALLER), {
      policy: FASTEST,
      signal: stop.signal,
      onPath: ({ via }) => stood.push(via),
      headStartMs,
    });
  };

  it('the head start follows from the round trip to the suite', () => {
    void call();
    clock.advance(349); // 4 × 50 + 150
    assert.equal(relay.halves.length, 0);
    clock.advance(1);
    assert.equal(relay.halves.length, 2);
    stop.abort();
  });

  it('the callee follows direct attempts while the relay carries, and the call ends after the last of them', async () => {
    const done = call(HEAD_START_MS[0]);
    clock.advance(HEAD_START_MS[0]);
    relay.stand();
    await turn();
    clock.advance(15_000);
    assert.deepEqual([stood, followed, callee.size, caller.size], [['relay'], ['relay'], 1, 1]);
    const note = direct.half('callee').call.line.receive();
    direct.half('caller').call.line.send(Uint8Array.of(7));
    assert.deepEqual(await note, Uint8Array.of(7));
    direct.stand();
    assert.deepEqual(await done, []);
    assert.deepEqual(
      [stood, followed],
      [
        ['relay', 'direct'],
        ['relay', 'direct'],
      ],
    );
    assert.equal(caller.size, 0);
    clock.advance(4999);
    assert.deepEqual([hangups, callee.size], [[], 1]);
    clock.advance(1);
    assert.deepEqual([hangups, callee.size], [['CANCELLED'], 0]);
  });

  it("the callee's half may stand a while after the caller's", async () => {
    const done = call();
    const { a, b } = memoryPair('direct');
    direct.half('caller').stand(a);
    await done;
    clock.advance(4000);
    direct.half('callee').stand(b);
    await turn();
    clock.advance(1000);
    assert.deepEqual(followed, ['direct']);
    await a.send(Uint8Array.of(1));
    assert.deepEqual(await asked(b).receive(), Uint8Array.of(1), 'the hang-up leaves alone what stands');
  });

  it('a caller that has enough leaves the callee its while', async () => {
    const done = call(HEAD_START_MS[0]);
    clock.advance(HEAD_START_MS[0]);
    relay.half('caller').stand(memoryPair('relay').a);
    await turn();
    stop.abort(new PortholeError('CANCELLED'));
    await assert.rejects(done, { code: 'CANCELLED' });
    assert.equal(relay.half('callee').signal.aborted, false);
    clock.advance(5000);
    assert.equal(relay.half('callee').signal.aborted, true);
  });

  it('when nothing stands the call ends at once at both ends', async () => {
    const done = call();
    direct.half('callee').fail(new PortholeError('STRATEGY_UNFIT', 'not here'));
    await turn();
    relay.half('caller').fail(new PortholeError('RELAY_REFUSED'));
    await assert.rejects(done, { code: 'NO_PATH', message: /direct: at the host: not here; relay: / });
    assert.deepEqual([hangups, callee.size, caller.size], [['NO_PATH'], 0, 0]);
    assert.equal(relay.half('callee').signal.aborted, true);
  });

  it('a strategy that the host does not have is passed by, and is told of', async () => {
    const names = ['direct', 'relay'];
    callee.answer(introduction(Role.CALLEE, 'call', ['relay']));
    const only = introduction(Role.CALLER, 'call', ['relay']);
    const done = caller.open(only, { policy: FASTEST, names, signal: stop.signal, onPath: ({ via }) => stood.push(via) });
    relay.stand(); // without a head start for what cannot be
    const words = (await done).map(({ strategy, error }) => `${strategy}: ${error.code} ${error.message}`);
    assert.deepEqual(words, ['direct: STRATEGY_UNFIT the host does not have this strategy']);
    assert.deepEqual([stood, direct.halves.length], [['relay'], 0]);
    await assert.rejects(caller.open({ ...only, strategies: [] }, { policy: FASTEST, names, signal: stop.signal, onPath: () => {} }), {
      code: 'NO_PATH',
      message: /\(direct: the host does not have this strategy; relay: the host does not have this strategy\)/,
    });
  });

  it('a host says so when it is asked for a strategy that it does not have any more', async () => {
    callee = new Calls({ rendezvous: { greeting: null, rttMs: 50, tell: passOn }, strategies: [relay], self: () => ({}), clock });
    const done = call();
    direct.half('caller');
    await turn();
    relay.stand();
    const [{ strategy, error } = {}] = await done;
    assert.deepEqual([strategy, error?.code], ['direct', 'STRATEGY_UNFIT']);
    assert.match(error?.message ?? '', /^at the host: it does not have this strategy$/);
    function passOn(name: string, fields: unknown): void {
      if (name === 'Note') queueMicrotask(() => caller.note({ payload: new Uint8Array(), ...(fields as object) } as Message<'Note'>));
    }
  });

  it('a peer that hangs up ends what is under way', async () => {
    const done = call();
    caller.hangUp('call', new PortholeError('PATH_LOST', 'gone'));
    await assert.rejects(done, { code: 'PATH_LOST' });
    assert.equal(direct.half('caller').signal.aborted, true);
  });

  it('a callee keeps a call for a minute at the most', () => {
    void call().catch(() => {});
    clock.advance(59_999);
    assert.equal(callee.size, 1);
    clock.advance(1);
    assert.equal(callee.size, 0);
  });

  it(`a callee follows ${MAX_ATTEMPTS} attempts in one call and has ${MAX_CALLS} calls`, () => {
    const begin = (): void =>
      callee.note({ call: 'call', strategy: 'direct', kind: NoteKind.ATTEMPT, payload: new Uint8Array() } as Message<'Note'>);
    callee.answer(introduction(Role.CALLEE));
    for (let i = 0; i < MAX_ATTEMPTS; i++) begin();
    assert.deepEqual([direct.halves.length, callee.size], [MAX_ATTEMPTS, 1]);
    assert.deepEqual(
      direct.halves.map(({ signal }) => signal.aborted),
      direct.halves.map((_, at) => at < MAX_ATTEMPTS - 1),
      'a second attempt takes the place of the first',
    );
    begin();
    assert.deepEqual([direct.halves.length, callee.size], [MAX_ATTEMPTS, 0]);
    for (let i = 0; i <= MAX_CALLS; i++) callee.answer(introduction(Role.CALLEE, `call ${i}`));
    assert.equal(callee.size, MAX_CALLS);
    callee.close(new PortholeError('SESSION_CLOSED'));
    assert.equal(callee.size, 0);
  });

  it('too many notes that nobody reads fail their strategy, not the call', async () => {
    callee.answer(introduction(Role.CALLEE));
    const note = (strategy: string, kind: number, bytes: number): void =>
      callee.note({ call: 'call', strategy, kind, payload: new Uint8Array(bytes) } as Message<'Note'>);
    note('relay', NoteKind.ATTEMPT, 0);
    const { line } = relay.half('callee').call;
    note('relay', NoteKind.DATA, 1024 * 1024);
    note('nobody', NoteKind.DATA, 1);
    note('relay', NoteKind.DATA, 1);
    await assert.rejects(
      async () => {
        for (;;) await line.receive();
      },
      { code: 'MESSAGE_TOO_LONG' },
    );
    assert.equal(callee.size, 1);
  });

  it('outlives a strategy that throws when it is to get ready', () => {
    const stunTcp = [{ ip: '192.0.2.1', port: 1 }];
    const greeting = { stun: [], stunTcp, stunUdp: [] } as unknown as Rendezvous['greeting'];
    const attempt = (): Promise<never> => Promise.reject(new Error('not tried'));
    const strategies = ['throws', 'rejects'].map((name) => ({
      ...someStrategy(name),
      suits: () => ({ chance: 'likely', reason: '' }) as const,
      attempt,
      prepare:
        name === 'rejects'
          ? async () => {
              throw new Error('not ready');
            }
          : () => {
              throw new Error('nor this');
            },
    }));
    const calls = new Calls({ rendezvous: { greeting, rttMs: 50, tell: () => {} }, strategies, self: () => ({}), clock });
    calls.prepare();
    calls.answer(introduction(Role.CALLEE, 'call', ['throws', 'rejects']));
    calls.close(new PortholeError('CANCELLED'));
  });

  it('gets the strategies ready that are told of, with what the suite offers, until it is closed or does so again', () => {
    const made: { name: string; servers: number; signal: AbortSignal }[] = [];
    const preparing = (name: string): Strategy => ({
      ...someStrategy(name),
      suits: () => ({ chance: 'likely', reason: '' }),
      attempt: () => Promise.reject(new Error('not tried')),
      prepare: ({ offers }, signal) => void made.push({ name, servers: offers.stunTcp?.length ?? 0, signal }),
    });
    const rendezvous = { greeting: null as Rendezvous['greeting'], rttMs: 50, tell: () => {} };
    const calls = new Calls({ rendezvous, strategies: [preparing('a'), preparing('b'), direct], self: () => ({}), clock });
    calls.prepare();
    assert.equal(made.length, 0, 'there is no suite yet');
    const stunTcp = [{ ip: '192.0.2.1', port: 1 }];
    rendezvous.greeting = { stun: [], stunTcp, stunUdp: [] } as unknown as Rendezvous['greeting'];
    calls.prepare(({ name }) => name === 'b');
    assert.deepEqual(
      made.map(({ name, servers }) => [name, servers]),
      [['b', 1]],
    );
    calls.prepare();
    assert.deepEqual(
      made.map(({ name, signal }) => [name, signal.aborted]),
      [
        ['b', true],
        ['a', false],
        ['b', false],
      ],
    );
    calls.answer(introduction(Role.CALLEE, 'call', ['b', 'direct']));
    assert.deepEqual(
      made.map(({ name, signal }) => [name, signal.aborted]).slice(2),
      [
        ['b', false],
        ['b', false],
      ],
      'a callee gets ready once more for a call, and lets go of nothing for it',
    );
    calls.hangUp('call', new PortholeError('PATH_LOST'));
    assert.deepEqual(made.map(({ signal }) => signal.aborted).slice(2), [false, true]);
    calls.close(new PortholeError('CANCELLED', 'over'));
    assert.ok(made.every(({ signal }) => signal.aborted));
  });

  it('a note that comes after a wait was given up is the next one’s', async () => {
    void call();
    const { line } = direct.half('callee').call;
    const given = new AbortController();
    const waiting = line.receive(given.signal);
    given.abort(new Error('enough'));
    await assert.rejects(waiting, /enough/);
    await assert.rejects(line.receive(given.signal), /enough/);
    direct.half('caller').call.line.send(Uint8Array.of(1));
    direct.half('caller').call.line.send(Uint8Array.of(2));
    assert.deepEqual(await line.receive(new AbortController().signal), Uint8Array.of(1));
    assert.deepEqual(await line.receive(), Uint8Array.of(2));
    const last = line.receive(new AbortController().signal);
    direct.half('caller').call.line.send(Uint8Array.of(3));
    assert.deepEqual(await last, Uint8Array.of(3));
    stop.abort();
  });
});
