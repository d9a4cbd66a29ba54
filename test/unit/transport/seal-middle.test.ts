// SPDX-License-Identifier: Apache-2.0
// Somebody in the middle, at the relay or at the rendezvous: whatever they do is noticed, with a code, and nothing of it is delivered.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { nodePrimitives } from '../../../transport/seal/node.ts';
import { SEAL_MS, type Sealed, sealAsHost, sealAsVisitor } from '../../../transport/seal/sealed.ts';
import { asked } from '../../support/asked.ts';
import { fakeClock } from '../../support/clock.ts';
import {
  type Alter,
  bytes,
  codeOf,
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
    await end.ready;
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

  /** The handshake's messages, and their bytes. */
  const handshake = [
    ['visitor', 0, 1 + 32],
    ['host', 0, 1 + 32 + 48 + 16],
    ['visitor', 1, 1 + 48 + 16],
  ] as const;
  for (const [from, number] of handshake) {
    for (const { name, make, notLast } of attacks) {
      if (notLast || name.startsWith('sends')) continue; // silence, which is the next test's
      it(`on handshake message ${number} of the ${from}, ${name}: it fails with a code, and nothing forged comes`, async () => {
        const { visitor, host } = await conversation(make(from, number));
        begins(visitor.texts, whole('host'));
        begins(host.texts, whole('visitor'));
        const codes = [visitor.code, host.code];
        assert.ok(codes.includes(name.startsWith('ends') ? 'PATH_LOST' : 'SEAL_BROKEN'), `${codes}`);
      });
    }
  }

  it('cannot put a message into the first, which hides and proves nothing', async () => {
    const wire = middle(on('visitor', 0, (message) => [Uint8Array.of(...message, 0, 1, 65)]));
    const { a, b } = sealedPair(wire.a, wire.b);
    assert.deepEqual(await drain(b), { texts: [], code: 'SEAL_BROKEN' });
    assert.equal(await rejection(a.ready), 'PATH_LOST');
  });

  it('every bit of every byte of the handshake counts', async () => {
    for (const [from, number, size] of handshake) {
      let seen = 0;
      for (let at = 0; at < size; at++) {
        const wire = middle(
          on(from, number, (message) => {
            seen = message.length;
            return [flipped(message, at)];
          }),
        );
        const { a, b } = sealedPair(wire.a, wire.b);
        const codes = [a, b].map(({ ready }) => ready.then(() => 'none', codeOf));
        const last = from === 'visitor' && number === 1;
        assert.notEqual(await codes[1], 'none', `${from} ${number} ${at}`);
        if (!last) assert.notEqual(await codes[0], 'none', `${from} ${number} ${at}`);
        assert.ok((await Promise.all(codes)).includes('SEAL_BROKEN'), `${from} ${number} ${at}`);
        assert.equal(seen, size);
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
      assert.equal(await rejection(b.ready), 'TIMED_OUT');
    }
  });
});

describe("Seal: somebody with another key in the host's place", () => {
  for (const [platform, primitives] of Object.entries(platforms)) {
    it(`shows that key, and learns nothing of what the visitor says or who it is: KEY_WRONG (${platform})`, async () => {
      const wire = middle();
      const site = nodePrimitives.newKeyPair().publicKey;
      const visitor = sealAsVisitor(wire.a, { site, key: nodePrimitives.newKeyPair(), primitives });
      const pretender = sealAsHost(wire.b, { key: nodePrimitives.newKeyPair(), primitives });
      void asked(visitor)
        .send(bytes(MARKER))
        .catch(() => {});
      assert.equal(await rejection(visitor.ready), 'KEY_WRONG');
      assert.deepEqual(await drain(visitor), { texts: [], code: 'KEY_WRONG' });
      assert.deepEqual(await drain(pretender), { texts: [], code: 'PATH_LOST' });
      assert.deepEqual([pretender.proved, wire.seen.filter(({ from }) => from === 'visitor').length], [null, 1]);
    });
  }

  it('even with the key of the site it cannot answer for it, having only the public half', async () => {
    const site = nodePrimitives.newKeyPair();
    const wire = middle();
    const visitor = sealAsVisitor(wire.a, { site: site.publicKey, key: nodePrimitives.newKeyPair(), primitives: nodePrimitives });
    const key = { publicKey: site.publicKey, secretKey: nodePrimitives.newKeyPair().secretKey };
    const pretender = sealAsHost(wire.b, { key, primitives: nodePrimitives });
    assert.equal(await rejection(visitor.ready), 'SEAL_BROKEN');
    assert.equal(await rejection(pretender.ready), 'PATH_LOST');
  });
});

describe('Seal: what was said once, said again by somebody else', () => {
  /** Records a visit, and says its first message to the same host anew. */
  async function replayed(clock = fakeClock()) {
    const hostKey = nodePrimitives.newKeyPair();
    const first = middle();
    const { a } = sealedPair(first.a, first.b, { hostKey, clock });
    void a.send(bytes('a request'));
    await a.ready;
    await turns();
    const again = middle();
    const host = sealAsHost(again.b, { key: hostKey, primitives: nodePrimitives, clock });
    const [opening] = first.seen;
    await again.a.send((opening as Passing).message.slice());
    return { first, again, host, clock };
  }

  it('is answered by a handshake that the sender cannot go on with; the host hears nothing, says nothing, and gives up after SEAL_MS', async () => {
    const { again, host, clock } = await replayed();
    void asked(host)
      .send(bytes(MARKER))
      .catch(() => {});
    await turns(20);
    assert.equal(host.proved, null);
    assert.deepEqual(
      again.seen.map(({ from }) => from),
      ['visitor', 'host'],
    );
    clock.advance(SEAL_MS);
    assert.equal(await rejection(host.ready), 'TIMED_OUT');
    assert.deepEqual(await drain(host), { texts: [], code: 'TIMED_OUT' });
  });

  it('also with all that followed it then: nothing of it comes', async () => {
    const { first, again, host } = await replayed();
    for (const { from, message } of first.seen.slice(1)) if (from === 'visitor') await again.a.send(message.slice());
    assert.equal(await rejection(host.ready), 'SEAL_BROKEN');
    assert.deepEqual(await drain(host), { texts: [], code: 'SEAL_BROKEN' });
  });

  it("nor can the host's answer of then be given to the visitor of now", async () => {
    const hostKey = nodePrimitives.newKeyPair();
    const first = middle();
    const then = sealedPair(first.a, first.b, { hostKey });
    await then.a.ready;
    const answer = first.seen.find(({ from }) => from === 'host') as Passing;
    const now = middle(({ from, message }) => [from === 'host' ? answer.message : message]);
    const { a } = sealedPair(now.a, now.b, { hostKey });
    assert.equal(await rejection(a.ready), 'SEAL_BROKEN');
  });
});
