// SPDX-License-Identifier: Apache-2.0
// Requests over a session whose paths change: what goes out first, what waits, and that no request notices.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { PortholeError } from '../../../../proto/errors.ts';
import { serveSession } from '../../../../transport/session/host.ts';
import type { Site } from '../../../../transport/session/site.ts';
import { openSession, type Session } from '../../../../transport/session/visitor.ts';
import { Resumables, realSeal, settled } from '../../../support/resumables.ts';
import { code } from '../../proto/helper.ts';

const get = (path: string, init?: RequestInit): Request => new Request(`http://site${path}`, init);

describe('session over a resumable session', () => {
  let resumables: Resumables;
  let session: Session;
  let asked: string[];

  beforeEach(() => {
    resumables = new Resumables({ seal: realSeal() });
    asked = [];
    const site: Site = async (request) => {
      asked.push(`${request.method} ${new URL(request.url).pathname}`);
      return new Response(request.body ?? 'hello');
    };
    resumables.answer = (resumable) => serveSession(resumable, site, { session: '1', via: resumable.via });
    session = openSession(resumables.visitor);
  });
  afterEach(async () => {
    await session.close();
    resumables.end();
  });

  it('a request on a new session and the head of its answer take one message each, once the path is sealed: one round trip', async function () {
    this.retries(3); // on a machine that stands still for a moment a timer adds a message
    const { wire, visitor } = resumables.add();
    const answer = session.fetch(get('/first'));
    await visitor.ready;
    wire.hold();
    const handshake = wire.sent;
    await settled();
    assert.equal(wire.sent, handshake + 1);
    wire.release();
    wire.hold();
    await settled();
    assert.equal(wire.sent, handshake + 2);
    wire.release();
    assert.equal((await answer).status, 200);
    assert.deepEqual(asked, ['GET /first']);
    await (await answer).text();
  });

  it('requests go out with the first message, whatever their method', async () => {
    const { wire, visitor } = resumables.add();
    const post = session.fetch(get('/post', { method: 'POST', body: 'content' }));
    const remove = session.fetch(get('/delete', { method: 'DELETE' }));
    const safe = session.fetch(get('/get'));
    await visitor.ready;
    wire.hold();
    await settled();
    wire.release();
    wire.hold();
    await settled();
    assert.deepEqual(asked.toSorted(), ['DELETE /delete', 'GET /get', 'POST /post']);
    wire.release();
    await Promise.all((await Promise.all([post, remove, safe])).map((response) => response.text()));
    assert.equal(asked.length, 3);
  });

  it('a request that waits for the first answer fails with the session, or by its own signal', async () => {
    const stop = new AbortController();
    const aborted = session.fetch(get('/post', { method: 'POST', signal: stop.signal }));
    stop.abort(new Error('changed my mind'));
    await assert.rejects(aborted, /changed my mind/);
    const failing = session.fetch(get('/post', { method: 'POST' }));
    resumables.visitor.abort(new PortholeError('NOT_ALLOWED'));
    await assert.rejects(failing, code('NOT_ALLOWED'));
  });

  it('a first path that breaks before it is answered costs nothing: the next one asks again', async () => {
    const { wire } = resumables.add('one');
    wire.hold();
    const answer = session.fetch(get('/first'));
    await settled();
    wire.cut();
    await settled();
    resumables.add('two');
    assert.equal(await (await answer).text(), 'hello');
  });

  it('content both ways is whole though its paths are cut under it', async () => {
    const content = randomBytes(3_000_000);
    resumables.add('way-0');
    let done = false;
    const churn = (async () => {
      for (let i = 1; !done; i++) {
        const one = resumables.add(`way-${i}`);
        await one.path.catch(() => {});
        await settled(10);
        for (const path of resumables.visitor.paths.slice(0, -1)) resumables.visitor.drop(path, new PortholeError('PATH_LOST', 'the test'));
        if (i % 3 === 0) one.wire.cut();
      }
    })();
    const hashes = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const response = await session.fetch(get('/echo', { method: 'POST', body: content, duplex: 'half' } as RequestInit));
        const hash = createHash('sha256');
        for await (const part of response.body as ReadableStream<Uint8Array>) hash.update(part);
        return hash.digest('hex');
      }),
    );
    done = true;
    await churn;
    const expected = createHash('sha256').update(content).digest('hex');
    assert.deepEqual(hashes, [expected, expected, expected, expected]);
    assert.equal(resumables.hosts.length, 1);
    assert.equal(asked.length, 4);
  });

  it('every stream learns by the one door that the session is lost', async () => {
    await resumables.added();
    const response = await session.fetch(get('/echo', { method: 'POST', body: new ReadableStream({}), duplex: 'half' } as RequestInit));
    const reading = response.text();
    resumables.host.abort(new PortholeError('SESSION_LOST'));
    await assert.rejects(reading, code('SESSION_LOST'));
    code('SESSION_LOST')(await session.closed);
  });

  it('its path and round trip are those of the path in use', async () => {
    await resumables.added('one');
    const { stood } = await resumables.added('two');
    resumables.visitor.use(stood, 'test');
    await settled();
    assert.equal(session.path.via, 'two');
    assert.equal(session.path.rttMs, stood.rttMs);
    session.probe(1000);
  });
});
