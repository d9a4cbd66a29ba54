// SPDX-License-Identifier: Apache-2.0
// Somebody in the middle, at the relay or at the rendezvous: whatever they do is noticed, with a code, and nothing of it is delivered.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { nodePrimitives } from '../../../transport/seal/node.ts';
import type { Primitives } from '../../../transport/seal/primitives.ts';
import { SEAL_MS, type Sealed, sealAsHost, sealAsVisitor } from '../../../transport/seal/sealed.ts';
import { fakeClock } from '../../support/clock.ts';
import {
  type Alter,
  bytes,
  drain,
  middle,
  type PairOptions,
  type Passing,
  platforms,
  rejection,
  type Side,
  sealedPair,
  text,
  turns,
} from './seal-pair.ts';

const MARKER = 'the marker that nobody else may read';

/** A conversation with somebody in the middle: what each end received, and how it ended for it. */
async function conversation(alter: Alter, options: PairOptions = {}): Promise<Record<Side, { texts: string[]; code: string | null }>> {
  const wire = middle(alter);
  const { a, b } = sealedPair(wire.a, wire.b, options);
  const talk = async (end: Sealed, name: Side): Promise<void> => {
    await end.send(bytes(`${name} early`));
    await end.confirmed;
    for (let i = 0; i < 4; i++) {
      await end.send(bytes(`${name} ${i} ${MARKER}`));
      await turns(2); // a record each
    }
  };
  let missing = whole('visitor').length + whole('host').length;
  const came = (): void => {
    if (--missing === 0) void a.close();
  };
  const talking = [talk(a, 'visitor'), talk(b, 'host')].map((one) => one.catch(() => {})); // how it ended, receiving tells
  const [visitor, host] = await Promise.all([drain(a, came), drain(b, came), ...talking]);
  return { visitor, host } as Record<Side, { texts: string[]; code: string | null }>;
}

const whole = (name: Side): string[] => [`${name} early`, ...[0, 1, 2, 3].map((i) => `${name} ${i} ${MARKER}`)];
/** Whether what was received is the beginning of what was sent, and no more. */
function begins(received: readonly string[], sent: readonly string[]): void {
  assert.deepEqual(received, sent.slice(0, received.length));
}

/** What the middle does to one message, and to those around it. */
interface Attack {
  readonly name: string;
  readonly make: (from: Side, number: number) => Alter;
  /** An attack on the last message changes nothing. */
  readonly notLast?: boolean;
}

const on =
  (from: Side, number: number, change: (message: Uint8Array) => readonly Uint8Array[] | 'end' | 'cut'): Alter =>
  (passing) =>
    passing.from === from && passing.number === number ? change(passing.message) : [passing.message];

const flipped = (message: Uint8Array, at: number): Uint8Array => {
  const other = message.slice();
  other[at < 0 ? other.length + at : at] = (other[at < 0 ? other.length + at : at] as number) ^ 0x10;
  return other;
};

const attacks: readonly Attack[] = [
  ...[0, 1, 16, -1, -9, -16].map((at) => ({
    name: `flips a bit of byte ${at}`,
    make: (from: Side, number: number) => on(from, number, (message) => [flipped(message, at)]),
  })),
  { name: 'cuts a byte off', make: (from, number) => on(from, number, (message) => [message.subarray(0, -1)]) },
  { name: 'cuts it to 15 bytes', make: (from, number) => on(from, number, (message) => [message.subarray(0, 15)]) },
  { name: 'adds a byte', make: (from, number) => on(from, number, (message) => [Uint8Array.of(...message, 0)]) },
  { name: 'repeats it', make: (from, number) => on(from, number, (message) => [message, message]) },
  { name: 'drops it', make: (from, number) => on(from, number, () => []), notLast: true },
  { name: 'replaces it by as many random bytes', make: (from, number) => on(from, number, (message) => [randomBytes(message.length)]) },
  {
    name: 'swaps it with the next',
    make(from, number) {
      let kept: Uint8Array | null = null;
      return (passing: Passing) => {
        if (passing.from !== from) return [passing.message];
        if (passing.number === number) {
          kept = passing.message;
          return [];
        }
        return passing.number === number + 1 ? [passing.message, kept as Uint8Array] : [passing.message];
      };
    },
    notLast: true,
  },
  {
    name: 'sends it back to where it came from',
    make: (from, number) => {
      let other: Uint8Array | null = null;
      return (passing: Passing) => {
        if (passing.from !== from) {
          other ??= passing.message;
          return [passing.message];
        }
        return passing.number === number && other ? [other] : [passing.message];
      };
    },
  },
  { name: 'ends the path in its place, as if the peer had', make: (from, number) => on(from, number, () => 'end') },
];

describe('Seal: somebody in the middle', () => {
  it('who only looks sees neither what is said, nor who says it, and changes nothing', async () => {
    const seen: Passing[] = [];
    const { visitor, host } = await conversation((passing) => {
      seen.push(passing);
      return [passing.message];
    });
    assert.deepEqual(visitor, { texts: whole('host'), code: null });
    assert.deepEqual(host.texts, whole('visitor'));
    for (const { message } of seen) assert.ok(!text(message).includes(MARKER.slice(0, 8)));
  });

  for (const [platform, primitives] of Object.entries(platforms)) {
    for (const from of ['visitor', 'host'] as const) {
      for (const { name, make } of attacks) {
        it(`on a record of the ${from}, ${name}: SEAL_BROKEN, and nothing of it or after it comes (${platform})`, async () => {
          const { visitor, host } = await conversation(make(from, 3), { visitor: primitives, host: primitives });
          const there = from === 'visitor' ? host : visitor;
          assert.equal(there.code, 'SEAL_BROKEN');
          begins(there.texts, whole(from));
          assert.ok(there.texts.length < whole(from).length, 'all came');
        });
      }
    }
  }

  for (const pattern of ['IK', 'XX'] as const) {
    for (const [from, number] of [
      ['visitor', 0],
      ['host', 0],
      ['visitor', 1],
    ] as const) {
      if (pattern === 'IK' && number === 1) continue;
      for (const { name, make, notLast } of attacks) {
        if (notLast || name.startsWith('sends')) continue; // silence, which is the next test's
        it(`on ${pattern}'s ${from} message ${number}, ${name}: it fails with a code, and nothing forged comes`, async () => {
          const { visitor, host } = await conversation(make(from, number), { pattern });
          begins(visitor.texts, whole('host'));
          begins(host.texts, whole('visitor'));
          const codes = [visitor.code, host.code];
          assert.ok(codes.includes('SEAL_BROKEN') || codes.includes('KEY_WRONG'), `${codes}`);
          if (from === 'host' && pattern === 'IK') assert.equal(visitor.code, name === 'repeats it' ? 'SEAL_BROKEN' : 'KEY_WRONG');
        });
      }
    }
  }

  it("cannot put a message into XX's first, which hides and proves nothing", async () => {
    const wire = middle(on('visitor', 0, (message) => [Uint8Array.of(...message, 0, 1, 65)]));
    const { a, b } = sealedPair(wire.a, wire.b, { pattern: 'XX' });
    assert.deepEqual(await drain(b), { texts: [], code: 'SEAL_BROKEN' });
    assert.equal(await rejection(a.ready), 'KEY_WRONG');
  });

  it('every bit of every byte of both handshake messages counts', async () => {
    const sizes = { visitor: 1 + 32 + 48 + 64 + 16, host: 1 + 32 + 64 + 16 };
    for (const from of ['visitor', 'host'] as const) {
      for (let at = 0; at < sizes[from]; at++) {
        const wire = middle(on(from, 0, (message) => [flipped(message, at)]));
        const { a, b } = sealedPair(wire.a, wire.b);
        assert.equal(await rejection(a.ready), 'KEY_WRONG', `${from} ${at}`);
        if (from === 'visitor') assert.equal(await rejection(b.ready), 'SEAL_BROKEN', `${from} ${at}`);
        a.abort(new Error('over'));
        b.abort(new Error('over'));
      }
    }
  });

  it('who says nothing is given up after SEAL_MS', async () => {
    for (const from of ['visitor', 'host'] as const) {
      const clock = fakeClock();
      const wire = middle(on(from, 0, () => []));
      const { a, b } = sealedPair(wire.a, wire.b, { clock });
      void a.send(bytes('early'));
      await turns();
      clock.advance(SEAL_MS);
      assert.equal(await rejection(a.ready), 'TIMED_OUT');
      assert.equal(await rejection(b.confirmed), 'TIMED_OUT');
    }
  });
});

describe("Seal: somebody with another key in the host's place", () => {
  const pretend = (site: Uint8Array | null, primitives: Primitives = nodePrimitives) => {
    const wire = middle();
    const own = nodePrimitives.newKeyPair();
    const visitor = sealAsVisitor(wire.a, { site, key: nodePrimitives.newKeyPair(), primitives });
    return { visitor, wire, own, pretender: sealAsHost(wire.b, { key: own, primitives }) };
  };

  for (const [platform, primitives] of Object.entries(platforms)) {
    it(`IK: cannot read what the visitor says, and cannot answer: KEY_WRONG (${platform})`, async () => {
      const { visitor, pretender } = pretend(nodePrimitives.newKeyPair().publicKey, primitives);
      void visitor.send(bytes(MARKER)).catch(() => {});
      assert.equal(await rejection(visitor.ready), 'KEY_WRONG');
      assert.deepEqual(await drain(visitor), { texts: [], code: 'KEY_WRONG' });
      assert.deepEqual(await drain(pretender), { texts: [], code: 'SEAL_BROKEN' });
    });
  }

  it('IK: even with the key of the site it cannot answer for it, having only the public half', async () => {
    const site = nodePrimitives.newKeyPair();
    const wire = middle();
    const visitor = sealAsVisitor(wire.a, { site: site.publicKey, key: nodePrimitives.newKeyPair(), primitives: nodePrimitives });
    const key = { publicKey: site.publicKey, secretKey: nodePrimitives.newKeyPair().secretKey };
    const pretender = sealAsHost(wire.b, { key, primitives: nodePrimitives });
    assert.equal(await rejection(visitor.ready), 'KEY_WRONG');
    assert.equal(await rejection(pretender.ready), 'SEAL_BROKEN');
  });

  it('XX: shows its own key, which is not the one that the name belongs to', async () => {
    const { visitor, own } = pretend(null);
    const { key } = await visitor.ready;
    assert.deepEqual(Buffer.from(key), Buffer.from(own.publicKey));
    visitor.abort(new Error('over'));
  });
});

describe('Seal: the first message, sent again by somebody else', () => {
  /** Records a visit, and sends its first message to the same host anew. */
  async function replayed(clock = fakeClock()) {
    const hostKey = nodePrimitives.newKeyPair();
    const first = middle();
    const { a } = sealedPair(first.a, first.b, { hostKey, clock });
    void a.send(bytes('a safe request'));
    await a.ready;
    const again = middle();
    const host = sealAsHost(again.b, { key: hostKey, primitives: nodePrimitives, clock });
    const [opening] = first.seen;
    await again.a.send((opening as Passing).message.slice());
    return { first, again, host, clock };
  }

  it('is read, as it may be, and answered so that the sender cannot read it; it is never confirmed', async () => {
    const { again, host, clock } = await replayed();
    assert.equal(text(await host.receive()), 'a safe request');
    void host.send(bytes(MARKER));
    const answer = await again.a.receive();
    assert.ok(!text(answer).includes(MARKER));
    const states = await Promise.race([host.confirmed.then(() => 'confirmed'), turns(20).then(() => 'waiting')]);
    assert.equal(states, 'waiting');
    clock.advance(SEAL_MS);
    assert.equal(await rejection(host.confirmed), 'TIMED_OUT');
  });

  it('cannot be gone on with by the messages that followed it then', async () => {
    const { first, again, host } = await replayed();
    await host.ready;
    for (const { from, message } of first.seen.slice(1)) if (from === 'visitor') await again.a.send(message.slice());
    assert.equal(await rejection(host.confirmed), 'SEAL_BROKEN');
    assert.equal((await drain(host)).code, 'SEAL_BROKEN');
  });

  it("nor can the host's answer of then be given to the visitor of now", async () => {
    const hostKey = nodePrimitives.newKeyPair();
    const first = middle();
    const then = sealedPair(first.a, first.b, { hostKey });
    await then.a.ready;
    const answer = first.seen.find(({ from }) => from === 'host') as Passing;
    const now = middle(({ from, message }) => [from === 'host' ? answer.message : message]);
    const { a } = sealedPair(now.a, now.b, { hostKey });
    assert.equal(await rejection(a.ready), 'KEY_WRONG');
  });
});
