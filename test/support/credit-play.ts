// SPDX-License-Identifier: Apache-2.0
// Requests that end in every way there is, at either end; and an account of the session's credit, kept by what is on the wire.

import fc from 'fast-check';
import { decodeFrame } from '../../proto/site.ts';
import type { Connection } from '../../transport/channel/connection.ts';
import { memoryPair } from '../../transport/channel/memory.ts';
import { type Served, serveSession } from '../../transport/session/host.ts';
import { openSession, type Session } from '../../transport/session/visitor.ts';
import { bare } from './bare.ts';

/** What becomes of one request. Times are turns of the event loop. */
export interface Plan {
  /** Bytes of its content; null for a GET. */
  readonly upload: number | null;
  readonly uploadBreaks: boolean;
  readonly siteReads: 'nothing' | 'a piece' | 'all' | 'late';
  readonly siteWaits: number;
  readonly site: 'answers' | 'answers nothing' | 'echoes' | 'throws' | 'breaks off';
  readonly answer: number;
  readonly visitor: 'reads' | 'reads a piece' | 'cancels' | 'gives up';
  readonly visitorWaits: number;
}

const size = fc.oneof(fc.nat(2000), fc.nat(100_000), fc.nat(600_000));
export const plan: fc.Arbitrary<Plan> = fc.record({
  upload: fc.option(size),
  uploadBreaks: fc.boolean(),
  siteReads: fc.constantFrom('nothing', 'a piece', 'all', 'late'),
  siteWaits: fc.nat(6),
  site: fc.constantFrom('answers', 'answers', 'answers nothing', 'echoes', 'throws', 'breaks off'),
  answer: size,
  visitor: fc.constantFrom('reads', 'reads a piece', 'cancels', 'gives up'),
  visitorWaits: fc.nat(12),
});

const PIECE = 10_000;

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** So many bytes, then the end, or an error. */
function content(bytes: number, breaks = false): ReadableStream<Uint8Array> {
  let left = bytes;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = Math.min(left, PIECE);
      left -= piece;
      if (piece > 0) controller.enqueue(new Uint8Array(piece));
      else if (breaks) controller.error(new Error('the source broke'));
      else controller.close();
    },
  });
}

/** What one end may send yet on the session, as those see it who look at the wire. */
class Account {
  given = 0;
  left = 0;

  /** This end sent a frame. */
  sent(message: Uint8Array): void {
    const frame = decodeFrame(message);
    if (frame.type === 'data') this.left -= frame.data.length;
  }

  /** The other end sent a frame. */
  came(message: Uint8Array): void {
    const frame = decodeFrame(message);
    if (frame.type === 'hello') {
      this.given = frame.hello.sessionCredit;
      this.left = this.given;
    } else if (frame.type === 'credit' && frame.stream === 0) this.left += frame.bytes;
  }
}

function watched(inner: Connection, own: Account, other: Account): Connection {
  return {
    via: inner.via,
    maxMessage: inner.maxMessage,
    get resent() {
      return inner.resent;
    },
    start: (receiver) => inner.start(receiver),
    pause: () => inner.pause(),
    resume: () => inner.resume(),
    close: () => inner.close(),
    abort: (reason) => inner.abort(reason),
    send(message) {
      own.sent(message);
      other.came(message);
      return inner.send(message);
    },
  };
}

/** One session, and the requests that are played on it. */
export class CreditPlay {
  readonly session: Session;
  readonly served: Served;
  readonly #visitor = new Account();
  readonly #host = new Account();
  #plans = new Map<string, Plan>();
  #count = 0;

  constructor() {
    const { a, b } = memoryPair();
    this.served = serveSession(bare(watched(b, this.#host, this.#visitor)), (request) => this.#answer(request), {
      session: '1',
      via: 'memory',
    });
    this.session = openSession(bare(watched(a, this.#visitor, this.#host)));
  }

  /** Plays one request to its end, whatever that is. */
  async play(plan: Plan): Promise<void> {
    const path = `/${this.#count++}`;
    this.#plans.set(path, plan);
    const stop = new AbortController();
    const asking = {
      method: plan.upload === null ? 'GET' : 'POST',
      url: `http://site${path}`,
      headers: [] as [string, string][],
      body: plan.upload === null ? null : content(plan.upload, plan.uploadBreaks),
      signal: stop.signal,
    };
    if (plan.visitor === 'gives up') void turns(plan.visitorWaits).then(() => stop.abort(new Error('enough')));
    try {
      const { body } = await this.session.fetch(asking);
      await turns(plan.visitorWaits);
      if (plan.visitor === 'reads') for await (const _ of body ?? []);
      else if (plan.visitor === 'reads a piece') {
        const reader = body?.getReader();
        await reader?.read();
        await reader?.cancel();
      } else if (plan.visitor === 'cancels') await body?.cancel();
    } catch {
      // Broken off by one of the two, as planned.
    }
    this.#plans.delete(path);
  }

  /** Waits until nothing is under way. Returns what is not as it was in the beginning, in words; null when all is. */
  async settled(): Promise<string | null> {
    let wrong: string | null = '';
    for (let tries = 0; tries < 200 && wrong !== null; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      wrong = this.#wrong;
    }
    return wrong;
  }

  async end(): Promise<void> {
    await Promise.all([this.session.close(), this.served.close()]);
  }

  get #wrong(): string | null {
    const { streams, running, held } = this.served;
    const open = { 'streams at the visitor': this.session.streams, 'streams at the host': streams, requests: running, 'bytes held': held };
    for (const [what, count] of Object.entries(open)) if (count > 0) return `${count} ${what}`;
    for (const [name, { given, left }] of Object.entries({ visitor: this.#visitor, host: this.#host }))
      if (given !== left || given === 0) return `the ${name}'s credit is ${left} of ${given}`;
    return null;
  }

  async #answer(request: Request): Promise<Response> {
    const plan = this.#plans.get(new URL(request.url).pathname);
    if (!plan) return new Response('too late', { status: 408 });
    if (plan.siteReads === 'all') for await (const _ of request.body ?? []);
    else if (plan.siteReads === 'a piece') await request.body?.getReader().read();
    // Nobody waits for it.
    else if (plan.siteReads === 'late') void turns(plan.siteWaits + 4).then(() => request.bytes().catch(() => {}));
    await turns(plan.siteWaits);
    if (plan.site === 'throws') throw new Error('the site broke');
    if (plan.site === 'answers nothing') return new Response(null, { status: 204 });
    if (plan.site === 'echoes' && request.body && !request.body.locked && !request.bodyUsed) return new Response(request.body);
    return new Response(content(plan.answer, plan.site === 'breaks off'));
  }
}
