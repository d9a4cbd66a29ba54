// SPDX-License-Identifier: Apache-2.0
// A suite for tests of the browser end: the built page, its worker, and the site that the test visit asks for.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { BrowserBuild } from '../../../client-runtime/browser/build.ts';
import { answerSite, type SiteAnswer } from './browser-site.ts';
import type { CarriedHead, TestSite } from './browser-visit.ts';

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const policy = (inline: readonly string[]): string =>
  `default-src 'self'; script-src 'self' ${inline.join(' ')}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ws: wss:; frame-src 'self'; worker-src 'self'; base-uri 'none'; object-src 'none'`;

/** A request as the site saw it, and how it ended. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  ended: 'open' | 'complete' | 'aborted';
}

/** The test suite. */
export class BrowserSuite {
  readonly seen: SeenRequest[] = [];
  /** Paths outside the site that were asked for, in order. */
  readonly asked: string[] = [];
  site: TestSite = { id: 'test', name: 'demo', title: 'Demo site', link: 'http://demo.localhost/', connectAfterMs: 0, error: null };
  /** Stands in the way of the shell's own files: by what it resolves with they come, or do not. */
  hinder: (path: string) => Promise<boolean> | boolean = () => false;
  readonly #folder: string;
  #policy = '';
  #server: Server | undefined;
  #port = 0;

  /** @param folder what buildBrowser made */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The address of a site by this name. */
  origin(name = 'demo'): string {
    return `http://${name}.localhost:${this.#port}`;
  }

  /** Listens: on a free port the first time, on the same one after a stop. */
  async start(): Promise<void> {
    const { inline } = JSON.parse(await readFile(join(this.#folder, 'build.json'), 'utf8')) as BrowserBuild;
    this.#policy = policy(inline);
    this.#server = createServer((request, response) => {
      this.#handle(request, response).catch((error: unknown) => response.destroy(error as Error));
    });
    await new Promise<void>((resolve, reject) => {
      this.#server?.once('error', reject);
      this.#server?.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Stops at once. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }

  /** The last request for a path of the site. */
  last(path: string): SeenRequest | undefined {
    return this.seen.findLast((request) => request.path === path);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.origin());
    if (request.headers.host?.startsWith('embedder.')) {
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<iframe id="embed" src="${searchParams.get('of')}"></iframe>`);
      return;
    }
    if (pathname === '/.porthole/test-site') return this.#carry(request, response);
    this.asked.push(pathname);
    if (await this.hinder(pathname)) {
      response.destroy();
      return;
    }
    if (pathname === '/.porthole/site.json') {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(this.site));
    } else if (pathname.startsWith('/.porthole/')) {
      await this.#file(pathname.slice('/.porthole/'.length), response);
    } else if (request.headers['service-worker'] === 'script') {
      response.writeHead(403, { 'content-type': 'text/plain' }).end('a site may not bring a service worker\n');
    } else if (request.headers['sec-fetch-mode'] === 'navigate' || request.headers.accept?.includes('text/html')) {
      await this.#file('shell.html', response);
    } else {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not a navigation\n');
    }
  }

  async #file(name: string, response: ServerResponse): Promise<void> {
    const content = await readFile(join(this.#folder, name)).catch(() => null);
    if (!content) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
      'cache-control': name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      'content-security-policy': this.#policy,
      'service-worker-allowed': '/',
    });
    response.end(content);
  }

  async #carry(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url, headers } = JSON.parse(String(message.headers['x-request'])) as {
      method: string;
      url: string;
      headers: [string, string][];
    };
    const target = new URL(url);
    const seen: SeenRequest = { method, path: target.pathname, headers: new Headers(headers), ended: 'open' };
    this.seen.push(seen);
    const gone = new AbortController();
    response.on('close', () => {
      seen.ended = response.writableFinished ? 'complete' : 'aborted';
      gone.abort();
    });
    const answer: SiteAnswer = await answerSite({ method, url: target, headers: seen.headers, body: message }, gone.signal);
    const head: CarriedHead = { status: answer.status, statusText: '', headers: Object.entries(answer.headers) };
    response.writeHead(200, { 'x-response': JSON.stringify(head), 'cache-control': 'no-store' });
    response.flushHeaders();
    if (method !== 'HEAD') {
      for await (const chunk of answer.body) {
        if (response.destroyed) return;
        if (!response.write(chunk)) {
          await once(response, 'drain', { signal: gone.signal }).catch(() => undefined); // gone: the loop ends
        }
      }
    }
    response.end();
  }
}
