// SPDX-License-Identifier: Apache-2.0
// An unchanged file costs one round trip and no body: counted in frames on a session, and through the local gateway.

import assert from 'node:assert/strict';
import { request } from 'node:http';
import { openGateway } from '../../../client-runtime/visit/local-gateway.ts';
import { staticSite } from '../../../host-agent/static/site.ts';
import { decodeFrame, type Frame } from '../../../proto/site.ts';
import type { Connection } from '../../../transport/channel/connection.ts';
import { memoryPair } from '../../../transport/channel/memory.ts';
import { serveSession } from '../../../transport/session/host.ts';
import { openSession } from '../../../transport/session/visitor.ts';
import { bare } from '../../support/bare.ts';
import { folderWith, patterned, removeFolders } from '../host-agent/static/fixture.ts';

/** A connection that notes the frames it sends. */
function noting(connection: Connection, sent: Frame[]): Connection {
  const note = (...pieces: Uint8Array[]): void => void sent.push(decodeFrame(Buffer.concat(pieces)));
  return {
    via: connection.via,
    maxMessage: connection.maxMessage,
    get resent() {
      return connection.resent;
    },
    send: (message) => {
      note(message);
      return connection.send(message);
    },
    start: (receiver) => connection.start(receiver),
    pause: () => connection.pause(),
    resume: () => connection.resume(),
    close: () => connection.close(),
    abort: (reason) => connection.abort(reason),
  };
}

describe('an unchanged file', () => {
  const sizes = { 'short.txt': 2000, 'long.bin': 400_000 };
  let folder: string;
  const fromHost: Frame[] = [];
  const fromVisitor: Frame[] = [];
  let session: ReturnType<typeof openSession>;
  before(async () => {
    folder = await folderWith(Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, patterned(size)])));
    const { a, b } = memoryPair();
    serveSession(bare(noting(b, fromHost)), await staticSite(folder), { session: '1', via: 'memory' });
    session = openSession(bare(noting(a, fromVisitor)));
  });
  after(async () => {
    await session.close();
    await removeFolders();
  });
  const about = (frames: Frame[]): Frame[] => frames.filter(({ stream }) => stream !== 0);

  for (const [name, size] of Object.entries(sizes)) {
    it(`of ${size} bytes: one frame there, one back, and nothing in it`, async () => {
      const first = await session.fetch({ method: 'GET', url: `http://site/${name}`, headers: [] });
      assert.equal((await first.arrayBuffer()).byteLength, size);
      const etag = first.headers.get('etag') ?? assert.fail();
      await session
        .fetch({ method: 'GET', url: `http://site/${name}`, headers: [['if-none-match', '"another"']] })
        .then((r) => r.body?.cancel());
      await new Promise((resolve) => setTimeout(resolve, 20));
      fromHost.length = 0;
      fromVisitor.length = 0;
      const second = await session.fetch({ method: 'GET', url: `http://site/${name}`, headers: [['if-none-match', etag]] });
      assert.deepEqual([second.status, second.body, second.headers.get('etag')], [304, null, etag]);
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.deepEqual(
        [about(fromVisitor), about(fromHost)].map((frames) => frames.map(({ type, end }) => [type, end])),
        [[['request', true]], [['response', true]]],
      );
    });
  }

  it('through the gateway: 304 to who has it, by its tag or its date', async () => {
    const gateway = await openGateway(session, { port: 0, authority: 'site', label: 'demo' });
    const ask = (headers: Record<string, string>): Promise<{ status: number; bytes: number; headers: Record<string, unknown> }> =>
      new Promise((resolve, reject) => {
        request(`http://127.0.0.1:${gateway.port}/short.txt`, { headers }, (response) => {
          let bytes = 0;
          response.on('data', (chunk: Buffer) => {
            bytes += chunk.length;
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes, headers: response.headers }));
        })
          .on('error', reject)
          .end();
      });
    const first = await ask({});
    assert.deepEqual([first.status, first.bytes], [200, 2000]);
    const { etag, 'last-modified': modified } = first.headers as Record<string, string>;
    for (const [name, value] of [
      ['if-none-match', etag],
      ['if-modified-since', modified],
    ] as [string, string][]) {
      const again = await ask({ [name]: value });
      assert.deepEqual([again.status, again.bytes, again.headers.etag], [304, 0, etag]);
    }
    assert.equal((await ask({ 'if-none-match': '"another"' })).status, 200);
    await gateway.close();
  });
});
