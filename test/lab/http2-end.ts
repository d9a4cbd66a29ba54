// SPDX-License-Identifier: Apache-2.0
// A process in a place of the lab that is one end of HTTP/2: node:http2 with its defaults, over TLS, one session for all.

import { connect, createSecureServer } from 'node:http2';
import { createServer, connect as dial } from 'node:net';
import { Readable } from 'node:stream';
import type { Beside } from './besides.ts';
import { obey } from './obeying.ts';
import { pieces } from './plain-pieces.ts';
import { type SamplingOrder, sample } from './sampling.ts';

export interface Http2Order extends SamplingOrder {
  readonly origin: string;
  readonly cert: string;
  /** Bytes of the download, which takes longer than the samples, and of what is asked for beside it. */
  readonly bytes: number;
  readonly small: number;
}

const DEEDS = {
  /** GET /N answers with N bytes. Resolves when it listens. */
  serve({ port, key, cert }: { port: number; key: string; cert: string }): Promise<void> {
    const server = createSecureServer({ key, cert });
    server.on('stream', (stream, { ':path': path }) => {
      const bytes = Number(path?.slice(1));
      stream.on('error', () => {}); // the client wants no more
      stream.respond({ ':status': 200, 'content-length': bytes });
      Readable.from(pieces(bytes)).pipe(stream);
    });
    return new Promise((resolve, reject) => {
      server.on('error', reject).listen(port, resolve);
    });
  },
  /** Passes on to the same port elsewhere what comes to one of this place, and back. Resolves when it listens. */
  forward({ port, to }: { port: number; to: string }): Promise<void> {
    const server = createServer({ noDelay: true }, (near) => {
      const far = dial({ host: to, port, noDelay: true });
      near.pipe(far).pipe(near);
      near.on('error', () => far.destroy()).on('close', () => far.destroy());
      far.on('error', () => near.destroy()).on('close', () => near.destroy());
    });
    return new Promise((resolve, reject) => {
      server.on('error', reject).listen(port, resolve);
    });
  },
  /** As `beside` of besides.ts. */
  async beside(order: Http2Order): Promise<Beside> {
    const session = connect(order.origin, { ca: order.cert, servername: 'localhost' });
    const get = (bytes: number, took: (bytes: number) => void, signal?: AbortSignal): Promise<void> =>
      new Promise((resolve, reject) => {
        const stream = session.request({ ':path': `/${bytes}` }, { signal });
        stream.on('data', (chunk: Buffer) => took(chunk.length));
        stream.on('end', resolve).on('error', reject).on('close', reject);
      });
    await get(order.small, () => {});
    const began = performance.now();
    let bytes = 0;
    get(order.bytes, (came) => {
      bytes += came;
    }).catch(() => {});
    const samples = await sample((signal) => get(order.small, () => {}, signal), order);
    const done = { samples, bytes, ms: performance.now() - began };
    session.destroy();
    return done;
  },
};

export type Http2Deeds = typeof DEEDS;

obey(DEEDS);
