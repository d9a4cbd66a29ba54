// SPDX-License-Identifier: Apache-2.0
// A sealed path between two honest ends: flights, what is said before it stands, memory, ends.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { LINGER_MS } from '../../../transport/channel/framed.ts';
import { memoryPair } from '../../../transport/channel/memory.ts';
import { sealAsHost, sealAsVisitor } from '../../../transport/seal/index.ts';
import { nodePrimitives } from '../../../transport/seal/node.ts';
import { MAX_SEALED_MESSAGE_BYTES } from '../../../transport/seal/records.ts';
import { RECEIVE_QUEUE_BYTES, SEAL_MS } from '../../../transport/seal/sealed.ts';
import { asked } from '../../support/asked.ts';
import { fakeClock } from '../../support/clock.ts';
import { bytes, codeOf, drain, middle, platforms, rejection, sealedPair, tcpPair, text, turns } from './seal-pair.ts';

describe('Seal: flights', () => {
  it('three handshake messages, and the first record right behind the third; the host has nothing to answer to a stranger', async () => {
    const wire = middle();
    const { a: visitor, b: host } = sealedPair(wire.a, wire.b);
    void visitor.send(bytes('request'));
    const answering = asked(host)
      .receive()
      .then((request) => host.send(bytes(`answer to ${text(request)}`)));
    assert.equal(text(await asked(visitor).receive()), 'answer to request');
    assert.deepEqual(
      wire.seen.slice(0, 3).map(({ from, message }) => [from, message[0]]),
      [
        ['visitor', 0x01],
        ['host', 0x02],
        ['visitor', 0x03],
      ],
    );
    assert.deepEqual(
      wire.seen.slice(3).map(({ from }) => from),
      ['visitor', 'host'],
    );
    await answering;
    await visitor.close();
  });

  it("both ends know the other's key, and the same hash that no other path has", async () => {
    const hashes: string[] = [];
    for (let i = 0; i < 2; i++) {
      const pair = memoryPair();
      const { a, b, hostKey, visitorKey } = sealedPair(pair.a, pair.b);
      assert.deepEqual([a.proved, b.proved], [null, null]);
      const [ofVisitor, ofHost] = await Promise.all([a.ready, b.ready]);
      assert.deepEqual(Buffer.from(ofVisitor.key), Buffer.from(hostKey.publicKey));
      assert.deepEqual(Buffer.from(ofHost.key), Buffer.from(visitorKey.publicKey));
      assert.deepEqual(Buffer.from(ofVisitor.hash), Buffer.from(ofHost.hash));
      assert.deepEqual([a.proved, b.proved], [ofVisitor, ofHost]);
      hashes.push(text(ofHost.hash));
      await a.close();
    }
    assert.notEqual(hashes[0], hashes[1]);
  });

  it("the host knows the visitor's key before anything that the visitor says comes", async () => {
    const { a, b } = memoryPair();
    const { a: visitor, b: host, visitorKey } = sealedPair(a, b);
    const { promise, resolve } = Promise.withResolvers<Uint8Array | undefined>();
    host.start({ ...DEAF, message: () => resolve(host.proved?.key), ended: () => resolve(undefined) });
    void visitor.send(bytes('first'));
    assert.deepEqual(Buffer.from((await promise) ?? []), Buffer.from(visitorKey.publicKey));
    await visitor.close();
  });
});

describe('Seal: messages before the handshake is over', () => {
  const sizes = [1, 40_000, 20_000, MAX_SEALED_MESSAGE_BYTES, 5, 60_000, 1];
  for (const [one, visitor] of Object.entries(platforms)) {
    for (const [other, host] of Object.entries(platforms)) {
      it(`wait for its end, and keep their order: ${one} to ${other}`, async () => {
        const pair = memoryPair();
        const { a, b } = sealedPair(pair.a, pair.b, { visitor, host });
        const messages = sizes.map((size) => new Uint8Array(randomBytes(size)));
        const send = async (from: typeof a): Promise<void> => {
          for (const message of messages) await asked(from).send(message.slice(0, 1), message.slice(1));
        };
        const receive = async (at: typeof a): Promise<void> => {
          for (const message of messages) assert.deepEqual(Buffer.from((await asked(at).receive()) ?? []), Buffer.from(message));
        };
        await Promise.all([send(a), send(b), receive(a), receive(b)]);
        await a.close();
      });
    }
  }

  it('go out before those that are said when it ends', async () => {
    for (const primitives of Object.values(platforms)) {
      const pair = memoryPair();
      const { a, b } = sealedPair(pair.a, pair.b, { visitor: primitives, host: primitives });
      b.start({ ...DEAF, message: () => void b.send(bytes('an answer')), ended: () => {} });
      for (const early of ['one', 'two']) void b.send(bytes(early));
      void a.send(bytes('a question'));
      const came = [await asked(a).receive(), await asked(a).receive(), await asked(a).receive()].map(text);
      assert.deepEqual(came, ['one', 'two', 'an answer']);
      await a.close();
    }
  });

  it('make their sender wait', async () => {
    const { a, b, wire } = memoryPair();
    wire.hold();
    const { a: visitor } = sealedPair(a, b);
    let went = false;
    const sending = asked(visitor)
      .send(bytes('early'))
      .then(() => {
        went = true;
      });
    await turns();
    assert.equal(went, false);
    wire.release();
    await sending;
    await visitor.close();
  });

  it('are delivered before a close that comes at once', async () => {
    const pair = memoryPair();
    const { a, b } = sealedPair(pair.a, pair.b);
    for (let i = 0; i < 3; i++) void a.send(bytes(`message ${i}`));
    const closing = a.close();
    assert.deepEqual(await drain(b), { texts: [0, 1, 2].map((i) => `message ${i}`), code: null });
    await closing;
  });
});

describe('Seal: memory', () => {
  it('leaves what it is given as it was, and is done with it at once', async () => {
    const pair = memoryPair();
    const { a, b } = sealedPair(pair.a, pair.b);
    await a.ready;
    for (const size of [10, 3000, 40_000]) {
      const content = new Uint8Array(randomBytes(size));
      const before = Buffer.from(content);
      void asked(a).send(bytes('head'), content);
      assert.deepEqual(Buffer.from(content), before);
      content.fill(0);
      assert.deepEqual(Buffer.from((await asked(b).receive()) ?? []), Buffer.concat([bytes('head'), before]));
    }
    await a.close();
  });

  it('gives messages that stay as they are, on a path that uses its memory again', async () => {
    const pair = await tcpPair();
    const { a, b } = sealedPair(pair.a, pair.b);
    const sent = Array.from({ length: 60 }, (_, i) => new Uint8Array(randomBytes(i % 3 === 0 ? 60_000 : 700)));
    const got: Uint8Array[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    a.start({
      ...DEAF,
      message: (message) => {
        got.push(message);
        if (got.length === sent.length) resolve();
      },
      ended: () => {},
    });
    for (const message of sent) await b.send(message.slice());
    await promise;
    for (const [i, message] of sent.entries()) assert.deepEqual(Buffer.from(got[i] as Uint8Array), Buffer.from(message));
    await a.close();
  });
});

/** A receiver of messages and of the end alone. */
const DEAF = { heard() {}, drained() {} };

describe('Seal: start', () => {
  for (const [name, makePair] of Object.entries({ memory: async () => memoryPair(), tcp: tcpPair })) {
    it(`gives what came before, what comes, and the end: ${name}`, async () => {
      const pair = await makePair();
      const { a, b } = sealedPair(pair.a, pair.b);
      for (const early of ['first', 'before']) void a.send(bytes(early)); // in one record
      await a.ready;
      for (let i = 0; i < 20; i++) await turns(1);
      const events: string[] = [];
      const { promise, resolve } = Promise.withResolvers<void>();
      b.start({
        ...DEAF,
        message: (message) => events.push(text(message)),
        ended: (reason) => {
          events.push(String(reason));
          resolve();
        },
      });
      while (events.length < 2) await turns(1);
      await a.send(bytes('after'));
      await a.close();
      await promise;
      assert.deepEqual(events, ['first', 'before', 'after', 'null']);
    });

    it(`holds the sender back while it is paused: ${name}`, async () => {
      const pair = await makePair();
      const { a, b } = sealedPair(pair.a, pair.b);
      await Promise.all([a.ready, b.ready]);
      let got = 0;
      b.start({
        ...DEAF,
        message: () => {
          got++;
        },
        ended: () => {},
      });
      b.pause();
      let sent = 0;
      const most = 2000;
      const message = new Uint8Array(60_000);
      const sending = (async () => {
        for (; sent < most; sent++) await asked(a).send(message);
      })();
      for (let before = -1; before !== sent; ) {
        before = sent;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      assert.ok(sent < most, 'all was sent to a receiver that had paused');
      b.resume();
      await sending;
      await a.close();
      await turns();
      assert.equal(got, most);
    });
  }

  it('tells of a break by its reason', async () => {
    const pair = memoryPair();
    const { a, b } = sealedPair(pair.a, pair.b);
    await a.ready;
    const reason = await new Promise((resolve) => {
      b.start({ ...DEAF, message: () => {}, ended: resolve });
      pair.wire.cut();
    });
    assert.equal(codeOf(reason), 'PATH_LOST');
  });
});

describe('Seal: limits and ends', () => {
  it('RECEIVE_QUEUE_BYTES: a reader that does not read holds the path back, and reads all in the end', async () => {
    const pair = memoryPair();
    const { a, b } = sealedPair(pair.a, pair.b);
    const message = new Uint8Array(60_000);
    let sent = 0;
    const count = Math.ceil((3 * RECEIVE_QUEUE_BYTES) / message.length);
    const sending = (async () => {
      for (; sent < count; sent++) await asked(a).send(message);
    })();
    await turns(200);
    assert.ok(sent * message.length > RECEIVE_QUEUE_BYTES, `${sent} were sent`);
    assert.ok(sent < count);
    for (let i = 0; i < count; i++) assert.equal((await asked(b).receive())?.length, message.length);
    await sending;
    await a.close();
  });

  it('SEAL_MS: an end whose peer says nothing gives up, and so does a host with an unfinished visitor', async () => {
    const clock = fakeClock();
    const alone = memoryPair();
    const visitor = sealAsVisitor(alone.a, {
      site: nodePrimitives.newKeyPair().publicKey,
      key: nodePrimitives.newKeyPair(),
      primitives: nodePrimitives,
      clock,
    });
    const quiet = memoryPair();
    const host = sealAsHost(quiet.b, { key: nodePrimitives.newKeyPair(), primitives: nodePrimitives, clock });
    await turns();
    clock.advance(SEAL_MS - 1);
    const states = await Promise.race([visitor.ready, host.ready, turns().then(() => 'waiting')]);
    assert.equal(states, 'waiting');
    clock.advance(1);
    for (const end of [visitor, host]) {
      assert.equal(await rejection(end.ready), 'TIMED_OUT');
      assert.equal((await drain(end)).code, 'TIMED_OUT');
      assert.equal(await rejection(asked(end).send(bytes('x'))), 'TIMED_OUT');
    }
    assert.equal(
      await rejection(
        asked(alone.b)
          .receive()
          .then(() => asked(alone.b).receive()),
      ),
      'PATH_LOST',
    );
  });

  it('ends cleanly before anything was said, and tells a visitor that waits that the path is lost', async () => {
    const one = memoryPair();
    const visitor = sealAsVisitor(one.a, { site: new Uint8Array(32), key: nodePrimitives.newKeyPair(), primitives: nodePrimitives });
    await visitor.close();
    assert.equal(await asked(one.b).receive(), null);
    assert.equal(await rejection(visitor.ready), 'SESSION_CLOSED');

    const two = memoryPair();
    two.wire.hold();
    const pair = sealedPair(two.a, two.b);
    await turns();
    await pair.b.close();
    two.wire.release();
    assert.equal(await rejection(pair.a.ready), 'PATH_LOST');
  });

  it('LINGER_MS: a close does not wait longer for a handshake that does not come', async () => {
    const clock = fakeClock();
    const { a } = memoryPair();
    const visitor = sealAsVisitor(a, {
      site: nodePrimitives.newKeyPair().publicKey,
      key: nodePrimitives.newKeyPair(),
      primitives: nodePrimitives,
      clock,
    });
    const unheard = rejection(asked(visitor).send(bytes('nobody hears')));
    let closed = false;
    const closing = visitor.close().then(() => {
      closed = true;
    });
    await turns();
    clock.advance(LINGER_MS - 1);
    await turns();
    assert.equal(closed, false);
    clock.advance(1);
    await closing;
    assert.deepEqual(await Promise.all([rejection(visitor.ready), unheard]), ['SESSION_CLOSED', 'SESSION_CLOSED']);
  });

  it('a path that breaks in the handshake is lost, not forged', async () => {
    const { a, b, wire } = memoryPair();
    wire.hold();
    const pair = sealedPair(a, b);
    await turns();
    wire.cut();
    assert.equal(await rejection(pair.a.ready), 'PATH_LOST');
    assert.equal(await rejection(pair.b.ready), 'PATH_LOST');
  });

  it('a key of low order from a peer is refused with a code, and none in a link is anybody’s', async () => {
    for (const primitives of Object.values(platforms)) {
      const low = new Uint8Array(32); // RFC 7748 section 6.1: the result is zero
      const linked = memoryPair();
      sealAsHost(linked.b, { key: nodePrimitives.newKeyPair(), primitives });
      const visitor = sealAsVisitor(linked.a, { site: low, key: nodePrimitives.newKeyPair(), primitives });
      assert.equal(await rejection(visitor.ready), 'KEY_WRONG');
      const [one, other] = [memoryPair(), memoryPair()];
      const host = sealAsHost(one.b, { key: nodePrimitives.newKeyPair(), primitives });
      await one.a.send(Uint8Array.of(0x01, ...low));
      assert.equal(await rejection(host.ready), 'SEAL_BROKEN');
      const asked = sealAsVisitor(other.a, { site: low, key: nodePrimitives.newKeyPair(), primitives });
      await other.b.send(Uint8Array.of(0x02, ...low, ...randomBytes(64)));
      assert.equal(await rejection(asked.ready), 'SEAL_BROKEN');
    }
  });
});
