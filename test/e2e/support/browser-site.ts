// SPDX-License-Identifier: Apache-2.0
// The site that tests of the browser end visit: pages, large and slow content, forms, redirects.

import { createCipheriv, createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

/** Bytes of /big.bin. */
export const BIG_BYTES = 50 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;

/** A request to the site. */
export interface SiteRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: AsyncIterable<Uint8Array>;
}

/** The site's response. */
export interface SiteAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Bytes that look random, computable from any 16-byte boundary: a file without a file. */
function bytesAt(offset: number, length: number): Uint8Array {
  const block = Math.floor(offset / 16);
  const iv = Buffer.alloc(16);
  iv.writeUInt32BE(block, 12);
  const skip = offset - block * 16;
  return createCipheriv('aes-128-ctr', Buffer.alloc(16, 7), iv)
    .update(Buffer.alloc(skip + length))
    .subarray(skip);
}

function* big(first: number, last: number): Generator<Uint8Array> {
  for (let at = first; at <= last; at += CHUNK_BYTES) yield bytesAt(at, Math.min(CHUNK_BYTES, last + 1 - at));
}

/** The SHA-256 of the first bytes of the made-up file, in hex. */
export function bigHash(bytes = BIG_BYTES): string {
  const hash = createHash('sha256');
  for (const chunk of big(0, bytes - 1)) hash.update(chunk);
  return hash.digest('hex');
}

async function* slowly(chunks: Iterable<Uint8Array>, everyMs: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    if (signal.aborted) return;
    yield chunk;
    await pause(everyMs);
  }
}

/** A minute and a half of a tone, 8 kHz, 16 bit, one channel. */
function tone(): Buffer {
  const rate = 8000;
  const samples = rate * 90;
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i++) wav.writeInt16LE(Math.round(Math.sin((i * 2 * Math.PI * 220) / rate) * 4000), 44 + i * 2);
  return wav;
}

const TONE = tone();
const ICON = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==', 'base64');

const page = (title: string, body: string, head = ''): SiteAnswer => ({
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: [
    Buffer.from(
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>${head}</head><body>${body}</body></html>`,
    ),
  ],
});

const plain = (text: string, status = 200, headers: Record<string, string> = {}): SiteAnswer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
  body: [Buffer.from(text)],
});

const HOME = `<h1>Home</h1><img id="image" src="/icon.png" alt=""><p id="styled">styled</p>
<a id="second" href="/second?x=1">second</a> <a id="part" href="#part">part</a> <a id="top" href="/second" target="_top">top</a>
<a id="blank" href="/second" target="_blank">blank</a> <a id="mail" href="mailto:a@b.example">mail</a>
<a id="save" href="/big.bin" download="Grüße &amp; Co.bin">save</a> <a id="zip" href="/files/archive.zip">zip</a>
<a id="save-missing" href="/nothing-here" download>missing</a> <a id="save-moved" href="/moved-file" download="moved.bin">moved</a>
<a id="folder" href="/docs">docs</a> <a id="hang" href="/hang">hang</a>
<form id="form" method="post" action="/form"><input name="word" value="käse"><button>send</button></form>
<h2 id="part">part</h2><script src="/app.js"></script>`;

/** Answers one request; `signal` aborts when the visitor is gone. */
export async function answerSite(request: SiteRequest, signal: AbortSignal): Promise<SiteAnswer> {
  const { method, url } = request;
  switch (url.pathname) {
    case '/':
      return page(
        'Home',
        HOME,
        '<link rel="stylesheet" href="/style.css"><link rel="icon" href="/icon.png"><meta name="theme-color" content="#123456">',
      );
    case '/second':
      return page(`Second ${url.search}`, '<h1>Second</h1><a id="home" href="/">home</a>');
    case '/docs':
      return { status: 301, headers: { location: '/docs/' }, body: [] };
    case '/docs/':
      return page('Docs', '<h1>Docs</h1><img id="image" src="pic" alt="">');
    case '/docs/pic':
      return { status: 302, headers: { location: '../icon.png' }, body: [] };
    case '/away':
      return { status: 302, headers: { location: url.searchParams.get('to') ?? '/' }, body: [] };
    case '/app.js':
      return { ...plain('document.body.dataset.script = "ran";'), headers: { 'content-type': 'text/javascript' } };
    case '/style.css':
      return { ...plain('#styled { color: rgb(1, 2, 3); }'), headers: { 'content-type': 'text/css' } };
    case '/icon.png':
    case '/favicon.ico':
      return { status: 200, headers: { 'content-type': 'image/png' }, body: [ICON] };
    case '/compressed': {
      const gzip = request.headers.get('accept-encoding')?.includes('gzip') ?? false;
      const text = Buffer.from('unpacked '.repeat(1000));
      const body = gzip ? gzipSync(text) : text;
      const headers = { 'content-type': 'text/plain', 'content-length': String(body.length), ...(gzip && { 'content-encoding': 'gzip' }) };
      return { status: 200, headers, body: [body] };
    }
    case '/files/archive.zip':
      return { status: 200, headers: { 'content-type': 'application/zip' }, body: [Buffer.from('PK\u0005\u0006'.padEnd(22, '\0'))] };
    case '/moved-file':
      return { status: 307, headers: { location: '/big.bin' }, body: [] };
    case '/big.bin':
      return ranged(request, 'application/octet-stream', BIG_BYTES, (first, last) => big(first, last));
    case '/slow.bin':
      return ranged(request, 'application/octet-stream', 4 * 1024 * 1024, (first, last) =>
        slowly(big(first, last), Number(url.searchParams.get('every') ?? 25), signal),
      );
    case '/tone.wav':
      return ranged(request, 'audio/wav', TONE.length, (first, last) => [TONE.subarray(first, last + 1)]);
    case '/player':
      return page('Player', '<video id="video" controls muted preload="metadata" src="/tone.wav"></video>');
    case '/form':
    case '/upload': {
      const hash = createHash('sha256');
      let text = '';
      for await (const chunk of request.body) {
        hash.update(chunk);
        if (text.length < 1000) text += Buffer.from(chunk).toString();
      }
      return url.pathname === '/upload' ? plain(hash.digest('hex')) : page('Sent', `<h1>${method}</h1><pre>${text}</pre>`);
    }
    case '/hang':
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return plain('');
    case '/events':
      return {
        status: 200,
        headers: { 'content-type': 'text/event-stream' },
        body: slowly(
          Array.from({ length: 1000 }, (_, n) => Buffer.from(`data: ${n}\n\n`)),
          50,
          signal,
        ),
      };
    case '/long':
      return {
        status: 200,
        headers: { 'content-type': 'text/html' },
        body: slowly(
          ['<title>Long</title><h1>Long</h1>', ...'x'.repeat(400)].map((part) => Buffer.from(part)),
          50,
          signal,
        ),
      };
    case '/late-icon': // which a script names before the page has loaded, as frameworks do
      return page(
        'Late icon',
        `<h1>Late icon</h1><img id="held" src="/hang" alt=""><script>setTimeout(() => {
          document.head.insertAdjacentHTML('beforeend', '<link rel="icon" href="/icon.png">');
          document.querySelector('#held').removeAttribute('src');
        }, 300);</script>`,
      );
    case '/slow-head': {
      const parts = ['<title>Slow</title>', ...Array.from({ length: 16 }, () => `<!--${'x'.repeat(8000)}-->`), '<h1>Slow</h1>'].map(
        (part) => Buffer.from(part),
      );
      const length = parts.reduce((sum, part) => sum + part.length, 0);
      return { status: 200, headers: { 'content-type': 'text/html', 'content-length': String(length) }, body: slowly(parts, 150, signal) };
    }
    case '/forbids-frames': {
      const answer = page('Alone', '<h1>Alone</h1>');
      return {
        ...answer,
        headers: { ...answer.headers, 'x-frame-options': 'DENY', 'content-security-policy': "frame-ancestors 'none'; img-src 'self'" },
      };
    }
    case '/busts-frames':
      return page('Unframed', '<script>if (top !== self) top.location = self.location;</script><h1>Unframed</h1>');
    case '/empty':
      return { status: 204, headers: {}, body: [] };
    default:
      return { ...page('Not found', '<h1>No such page</h1>'), status: 404 };
  }
}

function ranged(request: SiteRequest, type: string, size: number, bytes: (first: number, last: number) => SiteAnswer['body']): SiteAnswer {
  const headers = { 'content-type': type, etag: `"${size}"`, 'accept-ranges': 'bytes' };
  const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get('range') ?? '');
  if (!match) return { status: 200, headers: { ...headers, 'content-length': String(size) }, body: bytes(0, size - 1) };
  const first = Number(match[1]);
  const last = Math.min(match[2] ? Number(match[2]) : size - 1, size - 1);
  if (first >= size) return { status: 416, headers: { 'content-range': `bytes */${size}` }, body: [] };
  return {
    status: 206,
    headers: { ...headers, 'content-length': String(last - first + 1), 'content-range': `bytes ${first}-${last}/${size}` },
    body: bytes(first, last),
  };
}
