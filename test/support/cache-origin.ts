// SPDX-License-Identifier: Apache-2.0
// An origin that plays cases of caching, and takes down what it was asked.

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CacheCase } from './cache-cases.ts';

/** Of a request, what a cache has to do with. */
const NOTED = ['if-none-match', 'if-modified-since', 'if-range', 'range', 'cache-control', 'pragma', 'x-kind'];

/** An origin, and what it was asked for. */
export interface CacheOrigin {
  readonly origin: string;
  /** What it was asked under a path, a line for each request. */
  asked(path: string): readonly string[];
  close(): Promise<void>;
}

/** `@-60` is the time a minute ago. */
const dated = (value: string): string =>
  value.replace(/^@(-?\d+)$/, (_, seconds) => new Date(Date.now() + Number(seconds) * 1000).toUTCString());

/**
 * An origin on this machine.
 * @param cases under `/<anything>/<number of the case>`; `/` is an empty page
 */
export async function cacheOrigin(cases: readonly CacheCase[]): Promise<CacheOrigin> {
  const asked = new Map<string, string[]>();
  const dates = new Map<string, string>();
  const server = createServer((request: IncomingMessage, response) => {
    request.resume();
    const { pathname, search } = new URL(request.url ?? '/', 'http://origin');
    const one = cases[Number(pathname.split('/')[2])];
    if (!one) {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      return response.end('<!doctype html><title>Cases</title><h1>Cases</h1>');
    }
    const list = asked.get(pathname) ?? [];
    asked.set(pathname, list);
    // A date that the origin gave itself is the same in every run of a case: by its name.
    const noted = NOTED.filter((name) => request.headers[name] !== undefined).map((name) => {
      const value = String(request.headers[name]);
      return `${name}: ${dates.get(value) ?? value}`;
    });
    const cookies = /\b(varied|at304|seen)=1/.exec(request.headers.cookie ?? '')?.[0];
    const reply = one.replies[Math.min(list.length, one.replies.length - 1)];
    list.push([request.method, search, ...noted, ...(cookies && one.name.includes('ookie') ? [cookies] : [])].filter(Boolean).join(' | '));
    response.statusCode = reply?.status ?? 200;
    response.setHeader('content-type', 'text/plain');
    response.setHeader('x-number', list.length);
    for (const [name, value] of Object.entries(reply?.headers ?? {})) {
      const text = dated(value);
      if (text !== value) dates.set(text, value);
      response.setHeader(name, text);
    }
    return response.end(reply?.body ?? '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: (path) => asked.get(path) ?? [],
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
