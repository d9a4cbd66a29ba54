// SPDX-License-Identifier: Apache-2.0
// Tests how the relay joins ends, whom it refuses and with what words, and its limits.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { get } from 'node:http';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { PortholeError } from '../../../proto/errors.ts';
import { MAX_RELAY_JOIN_BYTES } from '../../../proto/limits.ts';
import { addressKey } from '../../../signaling/relay/address.ts';
import type { RelayOptions } from '../../../signaling/relay/index.ts';
import { JoinReader } from '../../../signaling/relay/join.ts';
import {
  JOIN_DEADLINE_MS,
  KEEPALIVE_MS,
  MAX_UNANSWERED_PINGS,
  PARTNER_DEADLINE_MS,
  REFUSAL_LINGER_MS,
  TICKET_LIFE_MS,
} from '../../../signaling/relay/limits.ts';
import { Tickets } from '../../../signaling/relay/tickets.ts';
import {
  type Carrier,
  crash,
  ending,
  framed,
  HandClock,
  joinMessage,
  RelayOnPort,
  readAnswer,
  refusal,
  type WebSocketStream,
} from './relay-ends.ts';

const CARRIERS: Carrier[] = ['tcp', 'websocket'];

describe('relay join', () => {
  let port: RelayOnPort;
  let clock: HandClock;

  const start = async (options: RelayOptions = {}): Promise<void> => {
    clock = new HandClock();
    port = await new RelayOnPort({ clock, ...options }).listen();
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await wait(1);
  };
  const waiting = (count: number): Promise<void> => until(() => port.relay.stats().waiting === count);

  beforeEach(() => start());
  afterEach(async () => {
    const closed = port.close();
    // A refused end that does not leave is thrown out by the clock.
    clock.advance(REFUSAL_LINGER_MS);
    await closed;
  });

  for (const carrier of CARRIERS) {
    describe(`by ${carrier}`, () => {
      /** The relay's code, and that it closes behind it. */
      async function refused(end: Duplex): Promise<string | undefined> {
        const code = await refusal(end);
        assert.equal(await ending(end), 'end');
        end.end();
        return code;
      }

      it('gives tickets of 32 random bytes that do not repeat', () => {
        const tokens = Array.from({ length: 50 }, () => port.relay.issue('one call', 'caller'));
        assert.equal(new Set(tokens).size, 50);
        for (const token of tokens) assert.match(token, /^[\w-]{43}$/);
      });

      it('refuses an unknown, a used and a dead ticket', async () => {
        assert.equal(await refused(port.join(carrier, randomBytes(32).toString('base64url'))), 'RELAY_REFUSED');
        assert.equal(await refused(port.join(carrier, '')), 'RELAY_REFUSED');
        const used = port.relay.issue('call', 'caller');
        const first = port.join(carrier, used);
        await until(() => port.relay.stats().tickets === 0);
        assert.equal(await refused(port.join(carrier, used)), 'RELAY_REFUSED');
        const dead = port.relay.issue('call', 'callee');
        clock.advance(TICKET_LIFE_MS);
        assert.equal(await refused(port.join(carrier, dead)), 'RELAY_REFUSED');
        assert.equal(port.relay.stats().refused.RELAY_REFUSED, 4);
        first.destroy();
      });

      it('lets nobody in for the other role, nor for another call', async () => {
        const one = port.join(carrier, port.relay.issue('one', 'caller'));
        const same = port.join(carrier, port.relay.issue('two', 'callee'));
        await waiting(2);
        // The same end again, with a ticket of its own: the earlier one is sent away.
        const again = port.join(carrier, port.relay.issue('one', 'caller'));
        assert.equal(await refused(one), 'RELAY_REFUSED');
        const partner = port.join(carrier, port.relay.issue('one', 'callee'));
        assert.equal((await readAnswer(again)).problem ?? null, null);
        assert.equal((await readAnswer(partner)).problem ?? null, null);
        assert.equal(port.relay.stats().waiting, 1);
        same.destroy();
      });

      it('sends an end away whose partner does not come', async () => {
        const alone = port.join(carrier, port.relay.issue('call', 'caller'));
        await until(() => port.relay.stats().tickets === 0 && port.relay.stats().waiting === 1);
        await wait(5);
        clock.advance(PARTNER_DEADLINE_MS - 1);
        await wait(20);
        assert.equal(port.relay.stats().waiting, 1);
        clock.advance(1);
        assert.equal(await refused(alone), 'TIMED_OUT');
        assert.equal(port.relay.stats().waiting, 0);
      });

      it('forgets an end that leaves while it waits', async () => {
        const gone = port.join(carrier, port.relay.issue('call', 'caller'));
        await until(() => port.relay.stats().tickets === 0);
        crash(gone);
        await waiting(0);
        const callee = port.join(carrier, port.relay.issue('call', 'callee'));
        const caller = port.join(carrier, port.relay.issue('call', 'caller'), Buffer.from('hello'));
        await readAnswer(caller);
        await readAnswer(callee);
        caller.end();
        assert.equal((await buffer(callee)).toString(), 'hello');
      });

      it('refuses a join that is too long, at its length, and garbage', async () => {
        const longest = framed(Buffer.concat([Buffer.of(0x0a, 0xfd, 0x03), Buffer.alloc(MAX_RELAY_JOIN_BYTES - 3, 'x')]));
        assert.equal(longest.length, MAX_RELAY_JOIN_BYTES + 4);
        const cases: [Buffer, string][] = [
          [longest, 'RELAY_REFUSED'],
          [Buffer.from('00000201', 'hex'), 'MESSAGE_TOO_LONG'],
          [Buffer.concat([Buffer.from('00ffffff', 'hex'), randomBytes(100_000)]), 'MESSAGE_TOO_LONG'],
          [framed(Buffer.from('0a05abc', 'hex')), 'FRAME_MALFORMED'],
          [framed(Buffer.alloc(0)), 'RELAY_REFUSED'],
          [framed(Buffer.from('ff'.repeat(64), 'hex')), 'FRAME_MALFORMED'],
        ];
        for (const [bytes, code] of cases) {
          const end = port.dial(carrier);
          end.write(bytes);
          assert.equal(await refused(end), code, bytes.subarray(0, 12).toString('hex'));
        }
      });

      it('refuses an end that ends before it has joined, or takes too long to', async () => {
        const short = port.dial(carrier);
        short.end(joinMessage('x'.repeat(43)).subarray(0, 20));
        assert.equal(await refusal(short), 'FRAME_MALFORMED');
        const slow = port.dial(carrier);
        slow.write(joinMessage('x'.repeat(43)).subarray(0, 20));
        await waiting(1);
        clock.advance(JOIN_DEADLINE_MS - 1);
        assert.equal(port.relay.stats().waiting, 1);
        clock.advance(1);
        assert.equal(await refused(slow), 'TIMED_OUT');
      });

      it('throws a refused end out that does not leave, whatever it goes on to send', async () => {
        const stubborn = port.join(carrier, 'no ticket');
        assert.equal(await refusal(stubborn), 'RELAY_REFUSED');
        const seen = ending(stubborn);
        if (carrier === 'websocket') (stubborn as WebSocketStream).ws.pause();
        stubborn.write(randomBytes(50_000));
        await wait(20);
        clock.advance(REFUSAL_LINGER_MS);
        await Promise.race([seen, once(stubborn, 'close')]);
      });

      it('drops a call: its tickets, and the end that waits, but not its flow', async () => {
        const [caller, callee] = await port.pair(carrier, 'tcp');
        const waiter = port.join(carrier, port.relay.issue('call', 'caller'));
        await until(() => port.relay.stats().tickets === 0);
        const unused = port.relay.issue('call', 'callee');
        await wait(5);
        port.relay.drop('call');
        port.relay.drop('call-1');
        port.relay.drop('never heard of');
        assert.equal(await refused(waiter), 'RELAY_REFUSED');
        assert.equal(await refused(port.join('tcp', unused)), 'RELAY_REFUSED');
        caller.end('still here');
        assert.equal((await buffer(callee)).toString(), 'still here');
      });

      it('closes: refuses who waits and who comes, gives flows their time, then breaks them', async () => {
        const ending1 = await port.pair(carrier, 'tcp');
        const [lasting, other] = await port.pair(carrier, 'tcp');
        const waiter = port.join(carrier, port.relay.issue('call', 'caller'));
        await waiting(1);
        await wait(5);
        const closed = port.relay.close(1000);
        assert.equal(await refused(waiter), 'RELAY_REFUSED');
        assert.equal(await refused(port.join(carrier, 'anything')), 'RELAY_REFUSED');
        ending1[0].end('finished in time');
        assert.equal((await buffer(ending1[1])).toString(), 'finished in time');
        ending1[1].end();
        await until(() => port.relay.stats().flows === 1);
        const broken = Promise.all([ending(lasting), ending(other)]);
        clock.advance(1000);
        assert.deepEqual(await broken, ['broken', 'broken']);
        await closed;
        await port.relay.close();
      });
    });
  }

  it('holds a bounded number of tickets', async () => {
    await port.close();
    await start({ maxTickets: 3 });
    const token = port.relay.issue('a', 'caller');
    port.relay.issue('a', 'callee');
    port.relay.issue('b', 'caller');
    const limited = (error: unknown) => error instanceof PortholeError && error.code === 'RATE_LIMITED';
    assert.throws(() => port.relay.issue('b', 'callee'), limited);
    port.relay.drop('b');
    port.relay.issue('c', 'caller');
    assert.throws(() => port.relay.issue('c', 'callee'), limited);
    clock.advance(TICKET_LIFE_MS);
    port.relay.issue('c', 'callee');
    assert.equal(port.relay.stats().tickets, 1);
    assert.equal(await refusal(port.join('tcp', token)), 'RELAY_REFUSED');
  });

  it('holds a bounded number of ends that wait, and of flows', async () => {
    await port.close();
    await start({ maxWaitingEnds: 2, maxFlows: 1 });
    const mute = [port.dial('tcp'), port.dial('websocket')];
    mute[0]?.write('\0');
    await waiting(2);
    assert.equal(await refusal(port.join('tcp', port.relay.issue('call', 'caller'))), 'RATE_LIMITED');
    for (const end of mute) end.destroy();
    await waiting(0);
    const [one, other] = await port.pair('tcp', 'tcp');
    await assert.rejects(port.pair('tcp', 'tcp'), /RATE_LIMITED/);
    one.end();
    other.end();
    await until(() => port.relay.stats().flows === 0);
    await port.pair('tcp', 'tcp');
  });

  it('limits the failed joins of an address, and not the good ones', async () => {
    await port.close();
    await start({ maxFailedJoins: 5 });
    for (let i = 0; i < 20; i++) await port.pair('tcp', 'websocket');
    for (let i = 0; i < 5; i++) assert.equal(await refusal(port.join('tcp', 'guess')), 'RELAY_REFUSED');
    assert.equal(await refusal(port.join('tcp', port.relay.issue('call', 'caller'))), 'RATE_LIMITED');
    assert.equal(await refusal(port.join('websocket', 'guess')), 'RATE_LIMITED');
  });

  it('counts addresses behind a proxy as the suite says', async () => {
    await port.close();
    let address = '198.51.100.1';
    await start({ maxFailedJoins: 1, addressOf: () => address });
    assert.equal(await refusal(port.join('websocket', 'guess')), 'RELAY_REFUSED');
    assert.equal(await refusal(port.join('websocket', 'guess')), 'RATE_LIMITED');
    address = '198.51.100.2';
    assert.equal(await refusal(port.join('websocket', 'guess')), 'RELAY_REFUSED');
  });

  it('pings WebSockets: keeps those that answer or are held up, ends those long silent', async () => {
    const ends = await port.pair('websocket', 'tcp');
    const [alive] = ends as [WebSocketStream, Duplex];
    let pings = 0;
    alive.ws.on('ping', () => pings++);
    for (let i = 1; i <= MAX_UNANSWERED_PINGS + 3; i++) {
      clock.advance(KEEPALIVE_MS);
      await until(() => pings === i);
      await wait(2);
    }
    assert.equal(port.relay.stats().flows, 1);
    // Dead behind a proxy: its TCP goes on answering, it does not.
    alive.ws.pause();
    await wait(5);
    for (let i = 0; i < MAX_UNANSWERED_PINGS; i++) clock.advance(KEEPALIVE_MS);
    await wait(10);
    assert.equal(port.relay.stats().flows, 1);
    for (let i = 0; i < 3; i++) clock.advance(KEEPALIVE_MS);
    assert.equal(await ending(ends[1]), 'broken');
  });

  it('answers a bad handshake with HTTP, and goes on', async () => {
    const { port: number } = port;
    const request = get({ port: number, host: '127.0.0.1', headers: { connection: 'upgrade', upgrade: 'websocket' } });
    const [response] = await once(request, 'response');
    assert.equal(response.statusCode, 400);
    response.resume();
    await port.pair('websocket', 'websocket');
  });

  it('stands hundreds of strangers who send garbage, all at once', async () => {
    const strangers = Array.from({ length: 200 }, (_, i) => {
      const end = port.dial('tcp');
      end.write(Buffer.concat([Buffer.of(0), randomBytes(i * 7)]));
      return end;
    });
    const [one, other] = await port.pair('tcp', 'websocket');
    one.end('calm');
    assert.equal((await buffer(other)).toString(), 'calm');
    for (const end of strangers) end.destroy();
    await waiting(0);
  });
});

describe('join reader', () => {
  it('reads a join from pieces of any size, and gives back what is behind it', () => {
    const pieces = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.string({ maxLength: 100 }), fc.uint8Array({ maxLength: 100 }), pieces, (token, behind, sizes) => {
        const stream = Buffer.concat([joinMessage(token), behind]);
        const reader = new JoinReader();
        for (let at = 0, i = 0; ; i++) {
          const size = sizes[i % sizes.length] as number;
          const join = reader.push(stream.subarray(at, at + size));
          at += size;
          if (!join) continue;
          assert.equal(join.token, Buffer.from(token).toString());
          assert.deepEqual([...join.rest, ...stream.subarray(at)], [...behind]);
          return;
        }
      }),
    );
  });

  it('answers anything at all with a join, patience or a code', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 5 }), (chunks) => {
        const reader = new JoinReader();
        try {
          for (const chunk of chunks) if (reader.push(Buffer.from(chunk))) return;
        } catch (error) {
          assert.ok(error instanceof PortholeError && ['MESSAGE_TOO_LONG', 'FRAME_MALFORMED'].includes(error.code), String(error));
        }
      }),
    );
  });
});

describe('relay tickets', () => {
  it('are forgotten when used, dropped or dead, in any order', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('issue' as const), call: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ do: fc.constant('use' as const), nth: fc.nat({ max: 20 }) }),
      fc.record({ do: fc.constant('drop' as const), call: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ do: fc.constant('wait' as const), ms: fc.nat({ max: TICKET_LIFE_MS }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const clock = new HandClock();
        const tickets = new Tickets(clock);
        const out: { token: string; call: string; dies: number; live: boolean }[] = [];
        const lives = (one: (typeof out)[number]) => one.live && one.dies > clock.now();
        for (const one of steps) {
          if (one.do === 'issue') {
            const call = `${one.call}`;
            out.push({ token: tickets.issue(call, 'caller'), call, dies: clock.now() + TICKET_LIFE_MS, live: true });
          } else if (one.do === 'drop') {
            tickets.drop(`${one.call}`);
            for (const ticket of out) if (ticket.call === `${one.call}`) ticket.live = false;
          } else if (one.do === 'wait') clock.advance(one.ms);
          else {
            const ticket = out[one.nth];
            if (!ticket) continue;
            assert.equal(tickets.use(ticket.token)?.call, lives(ticket) ? ticket.call : undefined);
            ticket.live = false;
          }
          assert.equal(tickets.size, out.filter(lives).length);
        }
      }),
    );
  });
});

describe('address key', () => {
  it('is one for a customer, however written', () => {
    for (const [address, key] of [
      ['192.0.2.7', '192.0.2.7'],
      ['::ffff:192.0.2.7', '192.0.2.7'],
      ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
      ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
      ['2001:db8:1::2', '2001:db8:1:0::/64'],
      ['::1', '0:0:0:0::/64'],
      ['::', '0:0:0:0::/64'],
      ['fe80::1%eth0', 'fe80:0:0:0::/64'],
      ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
      ['1:2:3:4:5:6:192.0.2.1', '1:2:3:4::/64'],
      ['not an address', 'not an address'],
    ]) {
      assert.equal(addressKey(address as string), key);
    }
  });
});
