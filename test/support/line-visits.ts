// SPDX-License-Identifier: Apache-2.0
// Visitors of one host behind one slow uplink, in virtual time: real sessions, path managers and handshakes, and what became of their downloads.

import { framedConnection } from '../../transport/channel/framed.ts';
import { SessionAcceptor } from '../../transport/continuity/acceptor.ts';
import { beginResumable, type ResumableVisitor } from '../../transport/continuity/visitor.ts';
import { PathManager } from '../../transport/paths/manager.ts';
import { sealAsHost, sealAsVisitor } from '../../transport/seal/sealed.ts';
import '../../transport/session/connect-part.ts'; // there already, and not in real time
import { serveSession } from '../../transport/session/host.ts';
import type { ConnectAnswer, ConnectRequest } from '../../transport/session/site.ts';
import { openSession, type Session } from '../../transport/session/visitor.ts';
import { policyFor } from '../../transport/strategy/policy.ts';
import { Line } from './line.ts';
import { linePipes } from './line-pipe.ts';
import { quickPrimitives } from './quick-primitives.ts';
import { someStrategy } from './some-strategy.ts';
import { type VirtualTime, virtualTime } from './virtual-time.ts';

export interface VisitsOptions {
  /** Bytes a second of the host's uplink. */
  readonly rate: number;
  readonly queueMs: number;
  /** One way, in milliseconds. */
  readonly delayMs?: number;
  readonly ways?: readonly string[];
  readonly visitors?: number;
  /** Bytes that all visitors fetch together. */
  readonly bytes: number;
  readonly loss?: number;
  readonly random?: () => number;
  /** Nothing crosses the uplink for `ms`, `atMs` after the downloads began. */
  readonly stall?: { readonly atMs: number; readonly ms: number };
  /** Whether the first visitor asks for something small every second, too. */
  readonly small?: boolean;
  /** Whether the first visitor has a tunnel, on which it says something every quarter of a second that the site says back. */
  readonly tunnel?: boolean;
  /** Milliseconds before the downloads begin, in which sessions settle on their paths: `SETTLE_MS` when left out. */
  readonly settleMs?: number;
  /** Milliseconds after which it is given up. */
  readonly mostMs?: number;
  readonly onNews?: (visitor: number, atMs: number, text: string) => void;
}

export interface Visits {
  /** From the beginning of the downloads to the end of the last one; null when not all are whole. */
  readonly ms: number | null;
  /** What the line alone would take. */
  readonly idealMs: number;
  /** Bytes that crossed the uplink meanwhile. */
  readonly sent: number;
  /** Of all visitors, since the downloads began. */
  readonly silent: number;
  readonly moved: number;
  readonly lost: number;
  /** Milliseconds that each small request took, in order. */
  readonly small: readonly number[];
  /** Milliseconds that what was said on the tunnel took there and back, in order. */
  readonly said: readonly number[];
  /** Why downloads failed. */
  readonly failures: readonly string[];
}

/** The visitors' own lines are so many times as fast as the uplink. */
const DOWN_TIMES = 8;
/** Delay that the way through the relay adds, each way, in milliseconds. */
const RELAY_MS = 5;
/** When ways beside the relay stand, in milliseconds. */
const PUNCH_MS = 700;
/** Milliseconds between two small requests. */
const SMALL_EVERY_MS = 1000;
/** The same on the tunnel, and how much each is, in bytes. */
const SAY_EVERY_MS = 250;
const SAID_BYTES = 1000;
const SETTLE_MS = 3000;
const PIECE_BYTES = 65_456;

export async function visit(options: VisitsOptions): Promise<Visits> {
  const {
    rate,
    queueMs,
    delayMs = 25,
    ways = ['relay'],
    visitors = 1,
    bytes,
    loss = 0,
    random,
    stall,
    small = false,
    tunnel = false,
  } = options;
  const clock = virtualTime();
  const up = new Line(clock, { rate, queueMs, delayMs, loss, ...(random && { random }) });
  const down = new Line(clock, { rate: rate * DOWN_TIMES, queueMs, delayMs });
  const each = Math.ceil(bytes / visitors);
  const key = quickPrimitives.newKeyPair();
  const acceptor = new SessionAcceptor({
    clock,
    onSession: (resumable) => {
      serveSession(
        resumable,
        Object.assign(async (request: Request) => answer(request, each), { connect }),
        { session: '1', via: '' },
        { clock },
      );
    },
  });

  const counts: Record<string, number> = {};
  const open = (number: number): { resumable: ResumableVisitor; session: Session; manager: PathManager } => {
    const resumable = beginResumable({ clock });
    const visitorKey = quickPrimitives.newKeyPair();
    const session = openSession(resumable, { clock });
    const manager = new PathManager({
      resumable,
      policy: policyFor(),
      strategies: ways.map(someStrategy),
      clock,
      random: () => 0.5,
      onNews: ({ kind, via, reason }) => options.onNews?.(number, clock.now(), `${kind} ${via}: ${reason}`),
      open: async (wanted, signal) => {
        await Promise.all(
          wanted.map(async (name) => {
            const relayed = name === 'relay';
            await pause(clock, relayed ? 4 * delayMs : PUNCH_MS);
            signal.throwIfAborted();
            const [a, b] = linePipes(clock, down, up, relayed ? RELAY_MS : 0);
            void acceptor.take(sealAsHost(framedConnection(name, b, { clock }), { key, primitives: quickPrimitives, clock }));
            const sealed = sealAsVisitor(framedConnection(name, a, { clock }), {
              key: visitorKey,
              primitives: quickPrimitives,
              site: key.publicKey,
              clock,
            });
            await resumable.add(sealed);
          }),
        );
        return [];
      },
    });
    return { resumable, session, manager: manager as never };
  };
  const all = Array.from({ length: visitors }, (_, number) => open(number));
  let ready = 0;
  for (const { manager } of all) {
    manager.start().then(
      () => ready++,
      () => {},
    );
  }
  await clock.run(() => ready === visitors, 60_000);
  await clock.run(() => false, options.settleMs ?? SETTLE_MS);

  for (const { resumable } of all) {
    resumable.onEvent(({ type }) => {
      counts[type] = (counts[type] ?? 0) + 1;
    });
  }
  const [sentBefore, began] = [up.sent, clock.now()];
  if (stall) clock.after(stall.atMs, () => up.stall(stall.ms));
  let left = visitors;
  const failures: string[] = [];
  for (const { session } of all) {
    void download(session, each).then((failure) => {
      left--;
      if (failure) failures.push(failure);
    });
  }
  const took: number[] = [];
  if (small) void askSmall(clock, (all[0] as { session: Session }).session, took, () => left === 0);
  const said: number[] = [];
  if (tunnel) void saySmall(clock, (all[0] as { session: Session }).session, said, () => left === 0);
  const idealMs = (each * visitors * 1000) / rate;
  await clock.run(() => left === 0, options.mostMs ?? 6 * idealMs + 30_000 + (stall?.ms ?? 0));
  const whole = left === 0 && failures.length === 0;
  const result: Visits = {
    ms: whole ? clock.now() - began : null,
    idealMs,
    sent: up.sent - sentBefore,
    silent: counts.suspect ?? 0,
    moved: counts.moved ?? 0,
    lost: counts.lost ?? 0,
    small: took,
    said,
    failures,
  };
  for (const { manager, resumable } of all) {
    manager.stop();
    resumable.abort(new Error('the test is over'));
  }
  await clock.run(() => false, 1000);
  return result;
}

/** Says back what comes. */
async function connect({ readable, writable }: ConnectRequest): Promise<ConnectAnswer> {
  readable.pipeTo(writable).catch(() => {});
  return { status: 200 };
}

/** Says something again and again, each time when the last has come back. */
async function saySmall(clock: VirtualTime, session: Session, took: number[], done: () => boolean): Promise<void> {
  try {
    const { readable, writable } = await session.connect({ target: '/', headers: [], protocol: 'websocket' });
    const [reader, writer] = [readable.getReader(), writable.getWriter()];
    while (!done()) {
      const began = clock.now();
      await writer.write(new Uint8Array(SAID_BYTES));
      for (let got = 0; got < SAID_BYTES; ) got += (await reader.read()).value?.length ?? SAID_BYTES;
      took.push(clock.now() - began);
      await pause(clock, SAY_EVERY_MS);
    }
  } catch {
    // the visit is over
  }
}

function answer(request: Request, bytes: number): Response {
  if (new URL(request.url).pathname === '/small') return new Response('ok');
  let left = bytes;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const size = Math.min(left, PIECE_BYTES);
        left -= size;
        if (size > 0) controller.enqueue(new Uint8Array(size));
        if (left === 0) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { 'content-length': String(bytes) } });
}

/** @returns why it failed, '' when it is whole */
async function download(session: Session, bytes: number): Promise<string> {
  try {
    const response = await session.fetch(new Request('http://site/large'));
    let got = 0;
    for await (const chunk of response.body as ReadableStream<Uint8Array>) got += chunk.length;
    return got === bytes ? '' : `${got} of ${bytes} bytes`;
  } catch (error) {
    return String(error);
  }
}

async function askSmall(clock: VirtualTime, session: Session, took: number[], over: () => boolean): Promise<void> {
  try {
    await pause(clock, 2 * SMALL_EVERY_MS);
    while (!over()) {
      const at = clock.now();
      await (await session.fetch(new Request('http://site/small'))).text();
      took.push(clock.now() - at);
      await pause(clock, SMALL_EVERY_MS);
    }
  } catch {
    // The download tells why.
  }
}

function pause(clock: VirtualTime, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

/** The least value that the given share of the values does not pass. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((x, y) => x - y);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
