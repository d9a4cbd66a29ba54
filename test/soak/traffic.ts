// SPDX-License-Identifier: Apache-2.0
// What the soak sends: many exchanges at once, each with content of a random size both ways, checked by length and SHA-256.

import { createHash, type Hash } from 'node:crypto';
import type { Site } from '../../transport/session/site.ts';
import type { Session } from '../../transport/session/visitor.ts';
import { type Chance, chanceOf } from '../fuzz/hurt.ts';

/** The greatest content of one direction is 2 to this power. */
const MOST_BITS = 20;

/** Noise that all content is cut from. */
const pool = ((): Uint8Array => {
  const chance = chanceOf(1);
  return Uint8Array.from({ length: 1 << 18 }, () => chance(256));
})();

interface Digest {
  readonly hash: Hash;
  bytes: number;
  whole: string;
}

/** What the site did with one exchange. */
interface Exchange {
  readonly sent: Digest;
  readonly received: Digest;
}

const digest = (): Digest => ({ hash: createHash('sha256'), bytes: 0, whole: '' });

function add(to: Digest, piece: Uint8Array): void {
  to.hash.update(piece);
  to.bytes += piece.length;
}

/** Content of so many bytes in pieces of any size; `before` its end it waits. */
function contentOf(
  bytes: number,
  chance: Chance,
  into: Digest,
  before: () => Promise<unknown> = async () => {},
): ReadableStream<Uint8Array> {
  let left = bytes;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (left === 0) {
          await before();
          into.whole = into.hash.digest('hex');
          return controller.close();
        }
        // A turn of the event loop each, so that there is time for the paths, too.
        await new Promise((resolve) => setImmediate(resolve));
        const size = Math.min(left, 1 + chance(chance(8) > 0 ? 8000 : 200_000));
        const from = chance(pool.length - size);
        // A copy: whoever gets content may keep it.
        const piece = pool.slice(from, from + size);
        left -= size;
        add(into, piece);
        controller.enqueue(piece);
      },
    },
    { highWaterMark: 0 },
  );
}

async function readAll(body: ReadableStream<Uint8Array> | null, into: Digest): Promise<void> {
  if (body) for await (const piece of body) add(into, piece);
  into.whole = into.hash.digest('hex');
}

export class Traffic {
  readonly #exchanges = new Map<string, Exchange>();
  readonly #chance: Chance;
  #ids = 0;
  #stopped = false;
  done = 0;
  bytes = 0;

  constructor(seed: number) {
    this.#chance = chanceOf(seed);
  }

  /** Takes what comes and answers with content of its own; both go on at the same time. */
  readonly site: Site = async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    const exchange: Exchange = { sent: digest(), received: digest() };
    this.#exchanges.set(pathname, exchange);
    const taken = readAll(request.body, exchange.received);
    taken.catch(() => {});
    const chance = chanceOf(Number(searchParams.get('seed')));
    return new Response(contentOf(Number(searchParams.get('bytes')), chance, exchange.sent, () => taken));
  };

  /** So many exchanges at a time, one after the other, until `stop`. Rejects with the first that is not whole. */
  async run(session: Session, streams: number): Promise<void> {
    await Promise.all(Array.from({ length: streams }, () => this.#lane(session)));
  }

  stop(): void {
    this.#stopped = true;
  }

  async #lane(session: Session): Promise<void> {
    while (!this.#stopped) await this.#exchange(session);
  }

  async #exchange(session: Session): Promise<void> {
    const chance = chanceOf(this.#chance(2 ** 32));
    const size = (): number => chance(1 << chance(MOST_BITS + 1));
    const path = `/${++this.#ids}`;
    const [up, down] = [size(), size()];
    const sent = digest();
    const received = digest();
    const response = await session.fetch({
      method: 'POST',
      url: `http://site${path}?bytes=${down}&seed=${chance(2 ** 31)}`,
      headers: [],
      body: contentOf(up, chance, sent),
    });
    await readAll(response.body, received);
    const other = this.#exchanges.get(path);
    this.#exchanges.delete(path);
    if (!other) throw new Error(`${path} was never asked`);
    same(`${path} to the host`, sent, other.received, up);
    same(`${path} to the visitor`, other.sent, received, down);
    this.done++;
    this.bytes += up + down;
  }
}

function same(what: string, sent: Digest, received: Digest, bytes: number): void {
  if (sent.bytes !== bytes || received.bytes !== bytes || sent.whole !== received.whole || received.whole === '') {
    throw new Error(`${what}: ${bytes} bytes, ${sent.bytes} sent, ${received.bytes} received, ${sent.whole} and ${received.whole}`);
  }
}
