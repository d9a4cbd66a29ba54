// SPDX-License-Identifier: Apache-2.0
// A web app that takes uploads: says what it was sent and how, takes it slowly, refuses it early, and knows what was broken off.

import { createHash } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What came to it. */
export interface Sent {
  readonly method: string;
  readonly path: string;
  /** `Content-Length`; null: it came in chunks. */
  readonly length: string | null;
  readonly type: string;
  readonly accept: string;
  readonly mark: string | null;
  readonly bytes: number;
  /** SHA-256 of what came, in hexadecimal. */
  readonly sha256: string;
  /** Of a form: what stands before each part's content, and what stands behind the last. */
  readonly form: string;
}

const PAGE = `<!doctype html><meta charset="utf-8"><title>Uploads</title><h1>Uploads</h1>
<form id="form" method="post" enctype="multipart/form-data" action="/form?x=1"><input name="word" value="h&quot;&#10;i">
<input id="file" type="file" name="file"><button id="send" name="by" value="button">Send</button></form>`;

/** Milliseconds that `/slow` waits before it reads: longer than a service worker's request may stay unanswered here. */
export const SLOW_MS = 11_500;

/** Characters of a form's content that are kept, of its beginning and of its end. */
const MOST_FORM = 1000;
/** Milliseconds between two pieces that `/crawl` reads; it never answers. */
const PAUSE_MS = 50;

export class UploadApp extends EventEmitter<{ begun: [string]; aborted: [string]; sent: [Sent] }> {
  readonly #server: Server;

  private constructor() {
    super();
    this.#server = createServer({ requestTimeout: 0 }, (request, response) => this.#answer(request, response));
  }

  static async start(): Promise<UploadApp> {
    const app = new UploadApp();
    app.#server.listen(0, '127.0.0.1');
    await once(app.#server, 'listening');
    return app;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    if (request.method === 'GET') return void response.setHeader('content-type', 'text/html').end(PAGE);
    this.emit('begun', path);
    request.on('error', () => undefined);
    response.on('close', () => response.writableFinished || this.emit('aborted', path));
    if (path === '/refuse') return void response.writeHead(413, { connection: 'close', 'content-type': 'text/plain' }).end('too much');
    if (path === '/crawl') return crawl(request);
    if (path === '/on') return void request.on('end', () => response.writeHead(307, { location: '/count' }).end()).resume();
    if (path === '/slow' || path === '/slow-form') setTimeout(() => this.#count(request, response), SLOW_MS);
    else this.#count(request, response);
  }

  #count(request: IncomingMessage, response: ServerResponse): void {
    const hash = createHash('sha256');
    const { method = '', url: path = '', headers } = request;
    const boundary = /boundary=(.*)$/.exec(headers['content-type'] ?? '')?.[1];
    let bytes = 0;
    let form = '';
    request.on('data', (piece: Buffer) => {
      bytes += piece.length;
      hash.update(piece);
      if (!boundary) return;
      form += piece.toString('latin1');
      if (form.length > 2 * MOST_FORM) form = form.slice(0, MOST_FORM) + form.slice(-MOST_FORM);
    });
    request.on('end', () => {
      const sent: Sent = {
        method,
        path,
        length: headers['content-length'] ?? null,
        type: headers['content-type'] ?? '',
        accept: headers.accept ?? '',
        mark: (headers['porthole-upload'] as string | undefined) ?? null,
        bytes,
        sha256: hash.digest('hex'),
        // Content of files, which begins with a zero here, is told by its hash alone.
        form: form.replaceAll(boundary ?? '', 'BOUNDARY').replace(/\0[\s\S]*?(?=\r\n--)/g, '(file)'),
      };
      this.emit('sent', sent);
      const isForm = (headers.accept ?? '').includes('text/html');
      if (isForm) response.setHeader('content-type', 'text/html').end(`<!doctype html><title>Sent</title><h1>Sent</h1><pre>${bytes}</pre>`);
      else response.setHeader('content-type', 'application/json').end(JSON.stringify(sent));
    });
  }
}

/** Reads slowly. An app that does not read at all is not told by Node that its client is gone. */
function crawl(request: IncomingMessage): void {
  request.on('data', () => {
    request.pause();
    setTimeout(() => request.resume(), PAUSE_MS);
  });
}
