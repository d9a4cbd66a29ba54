// SPDX-License-Identifier: Apache-2.0
// The session worker's script for tests: a visit whose site is the test server, with its faults in the test's hands.

import { listen } from '../../../client-runtime/browser/session/listen.ts';
import { runSession } from '../../../client-runtime/browser/session/run.ts';
import { PathStory } from '../../../client-runtime/visit/story.ts';
import type { PathChange, SiteInfo, Visit, VisitState } from '../../../client-runtime/visit/visit.ts';
import type { VisitorOptions } from '../../../client-runtime/visitor/visitor.ts';
import { type ErrorCode, PortholeError } from '../../../proto/errors.ts';
import { rateLimited } from '../../../proto/wait.ts';
import { passwordProof } from '../../../transport/continuity/password.ts';
import type { PathNews } from '../../../transport/paths/news.ts';
import type { Asking } from '../../../transport/session/http.ts';
import { DATA_CHANNEL, RELAY } from '../../../transport/strategies/descriptions.ts';
import type { StrategyInfo } from '../../../transport/strategy/strategy.ts';
import { type CarriedHead, type FromTest, TEST_CHANNEL, type TestDoor, type TestSite, type ToTest } from './browser-visit.ts';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

const DIRECT: PathNews = { kind: 'moved', via: 'data-channel', rttMs: 12.4, standby: '', reason: 'the first path that stood' };
/** A strategy that no file of Porthole's knows. */
const PIGEONS: StrategyInfo = {
  name: 'pigeons',
  kind: 'relayed',
  cost: 900,
  words: { label: 'By pigeon', sentence: 'Pigeons carry it.', adverb: 'by pigeon', noun: 'flock of pigeons' },
};
const LOST: PathNews = { kind: 'lost', via: '', rttMs: 0, standby: '', reason: 'data-channel was lost; looking for another path' };

class TestVisit implements Visit {
  readonly requests = 0;
  readonly strategies = [DATA_CHANNEL, RELAY, PIGEONS];
  status: VisitState = { state: 'finding' };
  readonly site: SiteInfo;
  readonly closed: Promise<PortholeError | null>;
  /** Paths whose bodies are flowing. */
  readonly busy: string[] = [];
  readonly #story = new PathStory();
  readonly #listeners = new Set<(status: VisitState) => void>();
  readonly #breakers = new Set<(error: Error) => void>();
  #end!: (error: PortholeError | null) => void;

  readonly visitor: VisitorOptions;

  constructor(site: TestSite, visitor: VisitorOptions) {
    this.site = site;
    this.visitor = visitor;
    this.closed = new Promise((resolve) => {
      this.#end = resolve;
    });
    if (site.error) {
      const error = new PortholeError(site.error);
      if (site.error === 'SITE_UNKNOWN') this.#end(error);
      else this.status = { state: 'offline', error };
    } else if (site.refused) {
      this.#end(new PortholeError(site.refused));
    } else if (site.door) {
      this.status = { state: 'connecting', trying: ['relay'] };
      void this.#knock(site.door);
    } else {
      this.status = { state: 'connecting', trying: ['data-channel', 'relay'] };
      setTimeout(() => this.stand(), site.connectAfterMs);
    }
  }

  /** Answers for the host's gate, until the password is right. */
  async #knock({ salt, verifier, cost, wrong, lockedMs }: TestDoor): Promise<void> {
    let code: ErrorCode = 'PASSWORD_NEEDED';
    for (let tries = 0; ; code = 'PASSWORD_WRONG') {
      const hash = crypto.getRandomValues(new Uint8Array(32));
      const proof = await this.visitor.credentials?.answer?.({ code, message: 'the site asks', salt: bytesOf(salt), cost }, hash);
      if (proof && String(proof.password) === String(passwordProof(bytesOf(verifier), hash))) return this.stand();
      if (++tries < wrong) continue;
      this.set({ state: 'offline', error: rateLimited('too many wrong passwords', lockedMs) });
      await new Promise((resolve) => setTimeout(resolve, lockedMs));
      return void this.#knock({ salt, verifier, cost, wrong, lockedMs });
    }
  }

  async known(): Promise<SiteInfo> {
    return this.site;
  }

  set(status: VisitState): void {
    this.status = status;
    for (const listener of [...this.#listeners]) listener(status);
  }

  get history(): readonly PathChange[] {
    return this.#story.changes;
  }

  /** A path stands. */
  stand(news: Partial<PathNews> = {}): void {
    this.set(this.#story.tell({ ...DIRECT, ...news }));
  }

  /** The path breaks: what is under way breaks with it. */
  lose(): void {
    for (const fail of this.#breakers) fail(new PortholeError('PATH_LOST'));
    this.set(this.#story.tell(LOST));
  }

  onStatus(listener: (status: VisitState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async fetch(request: Asking): Promise<Response> {
    const stop = request.signal ?? new AbortController().signal;
    const broken = new AbortController();
    const fail = (error: Error): void => broken.abort(error);
    await this.#connected(stop);
    this.#breakers.add(fail);
    const response = await fetch('/.porthole/test-site', {
      method: 'POST',
      headers: { 'x-request': JSON.stringify({ method: request.method, url: request.url, headers: [...request.headers] }) },
      body: request.body ? await new Response(request.body).arrayBuffer() : null,
      signal: AbortSignal.any([stop, broken.signal]),
    });
    const { status, statusText, headers } = JSON.parse(response.headers.get('x-response') ?? '{}') as CarriedHead;
    const empty = [204, 205, 304].includes(status);
    const { pathname } = new URL(request.url);
    this.busy.push(pathname);
    tell();
    const done = (): void => {
      this.busy.splice(this.busy.indexOf(pathname), 1);
      tell();
    };
    const watched = new TransformStream<Uint8Array, Uint8Array>({ flush: done, cancel: done } as Transformer);
    const body = empty ? null : response.body && brokenAs(response.body.pipeThrough(watched), broken.signal);
    return new Response(body, { status, statusText, headers });
  }

  async connect(): Promise<never> {
    throw new PortholeError('CONNECT_UNSUPPORTED');
  }

  #connected(signal: AbortSignal): Promise<void> {
    if (this.status.state === 'connected') return Promise.resolve();
    return new Promise((resolve, reject) => {
      const stop = this.onStatus((status) => {
        if (status.state !== 'connected') return;
        stop();
        resolve();
      });
      signal.addEventListener('abort', () => {
        stop();
        reject(signal.reason);
      });
    });
  }

  async close(): Promise<void> {
    this.#end(null);
  }
}

let visit: TestVisit | undefined;
const channel = new BroadcastChannel(TEST_CHANNEL);
const tell = (): void => {
  const token = visit?.visitor.credentials?.token;
  if (visit) channel.postMessage({ busy: visit.busy, token: token && [...token] } satisfies ToTest);
};
channel.onmessage = async ({ data }: MessageEvent<FromTest>) => {
  if (data.do === 'connect') visit?.stand(data.news);
  else if (data.do === 'lose') visit?.lose();
  else if (data.do === 'ask') await visit?.visitor.credentials?.answer?.(data.challenge, data.hash);
  if (data.do !== 'tell') channel.postMessage({ done: data.id } satisfies ToTest);
  tell();
};

listen(() =>
  runSession(async (visitor) => {
    const response = await fetch('/.porthole/site.json').catch(() => {
      throw new PortholeError('SUITE_UNREACHABLE');
    });
    visit = new TestVisit((await response.json()) as TestSite, visitor);
    tell();
    return visit;
  }),
);

/** A body that breaks for the signal's reason: browsers say only that it was aborted, as if nobody wanted it any more. */
function brokenAs(body: ReadableStream<Uint8Array>, broken: AbortSignal): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          controller.error(broken.aborted ? broken.reason : error);
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
