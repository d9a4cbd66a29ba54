// SPDX-License-Identifier: Apache-2.0
// The inspector as a person has it: `up --inspect` of an app, visited by the gateway, by `open` and by WebSocket; its page asked as it asks.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { WebSocket, WebSocketServer } from 'ws';
import type { Exchange, ExchangeLine } from '../../host-agent/inspect/exchange.ts';
import type { Message } from '../../host-agent/inspect/messages.ts';
import { environment } from '../support/environment.ts';
import { atLoopback, Porthole, type Scratch, scratch } from '../support/porthole.ts';

/** A request as it reached the app: the row of its fields, and a hash of its body. */
interface Reached {
  readonly line: string;
  readonly fields: readonly string[];
  readonly hash: string;
}

/** An app that notes what it is asked, with events and a WebSocket. */
class App {
  readonly reached: Reached[] = [];
  readonly server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, perMessageDeflate: { threshold: 0 } });

  constructor() {
    this.server = createServer((request, response) => void this.#answer(request, response));
    this.server.on('upgrade', (request, socket, head) =>
      this.#sockets.handleUpgrade(request, socket, head, (one) =>
        one.on('message', (data, binary) => one.send(binary ? data : `echo ${data}`, { binary })),
      ),
    );
  }

  async listen(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  async #answer(request: IncomingMessage, response: import('node:http').ServerResponse): Promise<void> {
    const hash = createHash('sha256');
    for await (const piece of request) hash.update(piece);
    this.reached.push({ line: `${request.method} ${request.url}`, fields: request.rawHeaders, hash: hash.digest('hex') });
    if (request.url === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: one\n\n');
      response.end('event: x\ndata: two\n\n');
    } else if (request.url === '/gzip') {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' }).end(gzipSync('{"zipped":true}'));
    } else response.end(this.reached.at(-1)?.hash);
  }

  async close(): Promise<void> {
    for (const one of this.#sockets.clients) one.terminate();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

describe('the inspector', function () {
  this.timeout(120_000);
  let folder: Scratch;
  let app: App;
  let up: Porthole;
  let link: string;
  let page: string;

  const curl = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)('curl', ['-s', '--max-time', '30', ...args])).stdout;
  const at = (path: string): string => new URL(path, link).href;
  const asked = async <T>(path: string, init: RequestInit = {}): Promise<T> =>
    (await (await fetch(`${page}api${path}`, { ...init, headers: { 'x-porthole-inspect': '1' } })).json()) as T;
  /** The lines of the list, as a page that is opened now gets them. */
  async function lines(): Promise<ExchangeLine[]> {
    const stop = new AbortController();
    const { body } = await fetch(`${page}api/live`, { signal: stop.signal });
    let text = '';
    for await (const piece of (body as ReadableStream<Uint8Array<ArrayBuffer>>).pipeThrough(new TextDecoderStream())) {
      text += piece;
      if (text.includes('\n\n')) break;
    }
    stop.abort();
    return JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? '{}').lines;
  }
  /** The newest exchange for a target, once it is over. */
  async function newest(target: string, from = 'visitor'): Promise<ExchangeLine> {
    for (;;) {
      const line = (await lines()).findLast((one) => one.target === target && one.from === from);
      if (line && line.endedMs !== null) return line;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  before(async () => {
    folder = await scratch();
    app = new App();
    const port = await app.listen();
    await mkdir(join(folder.path, 'tmp'));
    up = new Porthole(['up', String(port), '--port', '0', '--inspect', '0', '--log', 'plain'], folder.path, {
      env: { TMPDIR: join(folder.path, 'tmp') },
    });
    link = String((await up.waitFor('ready')).link).replace(/#.*/, '');
    page = String((await up.waitFor('shares')).inspect);
    assert.match(page, /^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/$/);
  });
  after(async () => {
    assert.equal(await up.stop(), 0);
    assert.deepEqual(
      readdirSync(join(folder.path, 'tmp')).filter((name) => name.startsWith('porthole-inspect')),
      [],
      'nothing is left',
    );
    await app.close();
    await folder.drop();
  });

  it('asks the app again byte for byte: heads and a long body', async () => {
    const bytes = randomBytes(5_000_000);
    const file = join(folder.path, 'upload');
    await writeFile(file, bytes);
    const headers = [
      '-H',
      'Authorization: Bearer secret',
      '-H',
      'Cookie: sid=secret',
      '-H',
      'X-Odd:  a  b',
      '-H',
      'X-Twice: 1',
      '-H',
      'X-Twice: 2',
    ];
    const answer = await curl(...headers, '--data-binary', `@${file}`, at('/upload/%7Ea?access_token=secret&x=%20'));
    assert.equal(answer, createHash('sha256').update(bytes).digest('hex'));
    const line = await newest('/upload/%7Ea?access_token=***&x=%20');
    assert.equal(line.requestBytes, bytes.length);
    const again = await asked<ExchangeLine>(`/exchanges/${line.id}/replay`, { method: 'POST' });
    await newest(line.target, 'replay');
    const [first, second] = app.reached.filter(({ line: one }) => one.startsWith('POST /upload'));
    assert.ok(first && second);
    assert.deepEqual(second, first);
    const recorded = Buffer.from(await (await fetch(`${page}api/exchanges/${again.id}/body/request`)).arrayBuffer());
    assert.ok(recorded.equals(bytes), 'the body is there whole');
  });

  it('asks again with changes, and gives a curl command that does the same', async () => {
    await curl('-H', 'Cookie: sid=secret', '--data', 'name=ann', at('/form'));
    const { id } = await newest('/form');
    const exchange = await asked<Exchange>(`/exchanges/${id}`);
    assert.equal(exchange.heads?.request.headers.find(({ name }) => name === 'cookie')?.value, 'sid=***');
    const changes = { method: 'PUT', headers: exchange.heads?.request.headers, base64: Buffer.from('name=bob').toString('base64') };
    await asked(`/exchanges/${id}/replay`, { method: 'POST', body: JSON.stringify(changes) });
    await newest('/form', 'replay');
    const changed = app.reached.at(-1) as Reached;
    assert.equal(changed.line, 'PUT /form');
    assert.equal(changed.hash, createHash('sha256').update('name=bob').digest('hex'));
    assert.ok(changed.fields.includes('sid=secret'), 'where a mask was left the secret is sent');
    const { command } = await asked<{ command: string }>(`/exchanges/${id}/curl?secrets=1`);
    await promisify(execFile)('sh', ['-c', `${command} --silent --max-time 30`]);
    assert.deepEqual(app.reached.at(-1)?.line, 'POST /form');
    assert.equal(app.reached.at(-1)?.hash, createHash('sha256').update('name=ann').digest('hex'));
  });

  it('shows coded bodies decoded, events, and the frames of a WebSocket', async () => {
    await curl('--compressed', at('/gzip'));
    const { id } = await newest('/gzip');
    const view = await asked<{ base64: string }>(`/exchanges/${id}/view/response`);
    assert.equal(Buffer.from(view.base64, 'base64').toString(), '{"zipped":true}');

    await curl(at('/events'));
    const events = await newest('/events');
    assert.equal(events.kind, 'events');
    const told = await asked<{ messages: Message[] }>(`/exchanges/${events.id}/messages`);
    assert.deepEqual(
      told.messages.map(({ kind, text, fromVisitor }) => [kind, text, fromVisitor]),
      [
        ['event', 'data: one', false],
        ['event', 'event: x\ndata: two', false],
      ],
    );

    const open = new Porthole(['open', link, '--port', '0'], join(folder.path, 'visitor'), { cwd: folder.path });
    const { origin } = new URL(atLoopback((await open.waitFor('ready')).url));
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/chat`);
    await once(socket, 'open');
    const long = 'again and again '.repeat(500);
    for (const message of ['hello', long, Buffer.from([0, 255])]) {
      socket.send(message);
      await once(socket, 'message');
    }
    socket.close(4001, 'enough');
    await once(socket, 'close');
    const chat = await newest('/chat');
    assert.deepEqual([chat.kind, chat.status, chat.method], ['websocket', 101, 'GET']);
    const { messages } = await asked<{ messages: Message[] }>(`/exchanges/${chat.id}/messages`);
    const said = (fromVisitor: boolean) =>
      messages.filter((one) => one.fromVisitor === fromVisitor).map(({ kind, text, base64 }) => [kind, text ?? base64]);
    assert.deepEqual(said(true), [
      ['text', 'hello'],
      ['text', long],
      ['binary', 'AP8='],
      ['close', 'enough'],
    ]);
    assert.deepEqual(said(false).slice(0, 3), [
      ['text', 'echo hello'],
      ['text', `echo ${long}`],
      ['binary', 'AP8='],
    ]);
    assert.ok(messages.some(({ note }) => note.includes('4001')) && messages.some(({ note }) => note.includes('compressed')));
    assert.equal(await open.stop(), 0);
  });

  it('writes a HAR without secrets, and reads one', async () => {
    const har = await (await fetch(`${page}api/har`)).text();
    assert.ok(!har.includes('secret'));
    const { log } = JSON.parse(har);
    assert.ok(log.entries.some((one: { _webSocketMessages?: unknown[] }) => (one._webSocketMessages?.length ?? 0) > 5));
    const { ids, skipped } = await asked<{ ids: number[]; skipped: number }>('/har', { method: 'POST', body: har });
    assert.deepEqual([ids.length, skipped], [log.entries.length, 0]);
    assert.equal((await lines()).filter(({ from }) => from === 'import').length, ids.length);
  });

  it('logs each request', async () => {
    const event = await up.waitFor(({ event, target }) => event === 'request' && target === '/gzip');
    assert.deepEqual([event.method, event.status], ['GET', 200]);
  });

  it('refuses other names, other pages, other links', async () => {
    const { host, hostname, port, pathname } = new URL(page);
    const status = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<number> =>
      new Promise((resolve, reject) => {
        const request = httpRequest({ hostname, port, path, method, headers: { host, ...headers } }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        request.on('error', reject).end();
      });
    assert.equal(await status(pathname), 200);
    assert.equal(await status(pathname, { host: 'evil.example' }), 421);
    assert.equal(await status(`/wrong${pathname}`), 403);
    assert.equal(await status('/'), 403);
    const write = `${pathname}api/clear`;
    assert.equal(await status(write, { origin: 'https://evil.example', 'x-porthole-inspect': '1' }, 'POST'), 403);
    assert.equal(await status(write, {}, 'POST'), 403);
    assert.ok((await lines()).length > 0, 'nothing was cleared');
    const { headers } = await fetch(`${page}api/exchanges/1/body/response`);
    assert.equal(headers.get('content-type'), 'application/octet-stream');
    assert.match(headers.get('content-disposition') ?? '', /^attachment/);
    assert.match(headers.get('content-security-policy') ?? '', /sandbox/);
  });

  it('is not there when nobody asked for it', async () => {
    const plain = new Porthole(['up', join(folder.path, 'tmp'), '--port', '0'], join(folder.path, 'plain'), {
      cwd: folder.path,
      env: { TMPDIR: join(folder.path, 'tmp') },
    });
    const shares = await plain.waitFor('shares');
    assert.equal(shares.inspect, undefined);
    const ready = await plain.waitFor('ready');
    await curl(String(ready.link).replace(/#.*/, ''));
    assert.equal(plain.events.filter(({ event }) => event === 'request').length, 0);
    assert.equal(await plain.stop(), 0);
  });
});

describe('the inspector of a folder', function () {
  this.timeout(120_000);

  it('keeps a full disk from the site: it is told, and visitors get what they ask for', async function () {
    if (process.getuid?.() !== 0 || !existsSync('/usr/bin/unshare')) return this.skip();
    const folder = await scratch();
    const [site, disk] = [join(folder.path, 'site'), join(folder.path, 'disk')];
    await mkdir(site);
    await mkdir(disk);
    const bytes = randomBytes(3_000_000);
    await writeFile(join(site, 'large.bin'), bytes);
    const within = ['unshare', '--mount', 'sh', '-c', `mount -t tmpfs -o size=1m none '${disk}' && exec "$0" "$@"`];
    const up = new Porthole(['up', site, '--port', '0', '--inspect', '0'], folder.path, { within, env: { TMPDIR: disk } });
    try {
      const link = String((await up.waitFor('ready')).link).replace(/#.*/, '');
      const page = String((await up.waitFor('shares')).inspect);
      for (let count = 0; count < 2; count++) {
        const got = await promisify(execFile)('curl', ['-s', '--max-time', '60', `${link}large.bin`], {
          encoding: 'buffer',
          maxBuffer: 10_000_000,
        });
        assert.ok(got.stdout.equals(bytes));
      }
      const trouble = await up.waitFor('error');
      assert.equal(trouble.code, 'STORAGE_FAILED');
      const exchange = (await (await fetch(`${page}api/exchanges/2`)).json()) as Exchange;
      assert.deepEqual([exchange.status, exchange.responseBytes, exchange.responseNotKept], [200, bytes.length, 'disk']);
    } finally {
      await up.stop();
      await folder.drop();
    }
  });

  it('keeps 10,000 exchanges in less than 50 MB', async () => {
    const program = join(import.meta.dirname, '..', 'support', 'inspect-memory.ts');
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program], { env: environment({}) });
    const { kept, bytes } = JSON.parse(stdout) as { kept: number; bytes: number };
    assert.equal(kept, 10_000);
    assert.ok(bytes < 50_000_000, `${bytes} bytes`);
    console.log(`      ${kept} exchanges: ${(bytes / 1e6).toFixed(1)} MB`);
  });
});
