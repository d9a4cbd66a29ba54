// SPDX-License-Identifier: Apache-2.0
// Tests the policy server with a client that does as players do, and with callers that do not.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { answerPolicy } from '../../../policy-server/answer.ts';
import { accessPolicyFile, type Policy, policyFile } from '../../../policy-server/policy-file.ts';
import { createPolicyServer, type PolicyServerOptions } from '../../../policy-server/server.ts';
import { PortholeError } from '../../../proto/errors.ts';
import { frontOf } from '../../../transport/http/first-bytes.ts';
import { listen } from '../../../transport/system/listen.ts';
import { Player } from './player.ts';

const HOST = '127.0.0.1';
const REQUEST = '<policy-file-request/>';
const master = policyFile({ port: 843, siteControl: 'all', grants: [{ domain: '*.example', toPorts: '80,4000-5000' }] });
const inline = policyFile({ port: 8080, grants: [{ domain: '*', toPorts: '8080' }] });

describe('policy server', () => {
  const open: { close(): Promise<void> }[] = [];
  const clients: Socket[] = [];

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    for (const one of open.splice(0)) await one.close();
  });

  async function serve(policy: Policy, options: Partial<PolicyServerOptions> = {}): Promise<number> {
    const server = await createPolicyServer({ port: 0, host: HOST, policy, ...options });
    open.push(server);
    return server.port;
  }

  function dial(port: number, allowHalfOpen = false): Socket {
    const socket = connect({ port, host: HOST, noDelay: true, allowHalfOpen });
    clients.push(socket);
    return socket;
  }

  /** The places of the ports a player knows; what is not there is a closed port. */
  async function player(places: Record<number, number>, timeoutMs?: number): Promise<Player> {
    const closed = createServer();
    const nobody = await listen(closed, { port: 0, host: HOST });
    await new Promise((resolve) => closed.close(resolve));
    return new Player({ host: HOST, place: (port) => places[port] ?? nobody, timeoutMs });
  }

  describe('as players see it', () => {
    it('grants from the master, first asked', async () => {
      const one = await player({ 843: await serve(master), 8080: await serve(inline) });
      assert.equal(await one.flashMayConnect('app.example', 80), true);
      assert.equal(await one.flashMayConnect('app.example', 4500), true);
      assert.deepEqual(one.asked, [843, 843]);
    });

    it('grants inline on the port itself where the master does not, or is not there', async () => {
      const inlinePort = await serve(inline);
      const all: Record<number, number>[] = [{ 843: await serve(master), 8080: inlinePort }, { 8080: inlinePort }];
      for (const places of all) {
        const one = await player(places);
        assert.equal(await one.flashMayConnect('other.org', 8080), true);
        assert.deepEqual(one.asked, [843, 8080]);
        assert.equal(await one.flashMayConnect('other.org', 8081), false);
      }
    });

    it('ends the search where the master says none, or master-only without a grant', async () => {
      const inlinePort = await serve(inline);
      for (const siteControl of ['none', 'master-only'] as const) {
        const only = policyFile({ port: 843, siteControl, grants: [] });
        const one = await player({ 843: await serve(only), 8080: inlinePort });
        assert.equal(await one.flashMayConnect('app.example', 8080), false);
        assert.deepEqual(one.asked, [843]);
      }
    });

    it('answers at a place of its own, for loadPolicyFile', async () => {
      const elsewhere = await serve(policyFile({ port: 9000, grants: [{ domain: 'app.example', toPorts: '*' }] }));
      const one = await player({ 9000: elsewhere });
      assert.equal(await one.flashMayConnect('app.example', 8443, [9000]), true);
      assert.equal(await one.flashMayConnect('app.example', 80, [9000]), false);
    });

    it("answers Silverlight's request without NUL, and Mono's with it", async () => {
      const one = await player({ 943: await serve(accessPolicyFile({ from: ['http://app.example'], toPorts: '4510' })) });
      assert.equal(await one.silverlightMayConnect('http://app.example', 4510), true);
      assert.equal(await one.silverlightMayConnect('http://app.example', 4510, true), true);
      assert.equal(await one.silverlightMayConnect('http://app.example', 4511), false);
      assert.equal(await one.silverlightMayConnect('http://other.example', 4510), false);
    });

    it('answers the longest policy in one receive', async () => {
      const grants = Array.from({ length: 55 }, (_, i) => ({ domain: `host-${i}.example.com`, toPorts: '1024-65535' }));
      const policy = policyFile({ port: 843, grants });
      assert.ok(policy.answer.length > 3900);
      const one = await player({ 843: await serve(policy) });
      assert.equal(await one.flashMayConnect('host-54.example.com', 2000), true);
    });

    it('answers hundreds at once, among callers that dawdle', async () => {
      const port = await serve(master);
      const slow = Array.from({ length: 100 }, () => dial(port));
      for (const one of slow) one.on('error', () => {}).write('<policy');
      const one = await player({ 843: port });
      const began = performance.now();
      const replies = await Promise.all(Array.from({ length: 300 }, () => one.ask(843)));
      assert.ok(replies.every((reply) => reply.kind === 'policy'));
      assert.ok(performance.now() - began < 3000);
    });
  });

  describe('byte for byte', () => {
    it('waits for the whole request, also byte by byte, and closes after the answer', async () => {
      const port = await serve(master);
      const socket = dial(port, true);
      for (const letter of REQUEST) {
        socket.write(letter);
        await wait(1);
      }
      let early = 0;
      socket.on('data', (chunk) => {
        early += chunk.length;
      });
      await wait(30);
      assert.equal(early, 0);
      socket.write('\0');
      await once(socket, 'end');
      assert.equal(early, master.answer.length);
    });

    it('answers a caller that has closed its own direction', async () => {
      const socket = dial(await serve(master), true);
      socket.end(`${REQUEST}\0`);
      assert.ok((await buffer(socket)).equals(master.answer));
    });

    it('lets an answered caller stay for a moment only, whatever it goes on to send', async () => {
      const socket = dial(await serve(master, { lingerMs: 50 }), true);
      socket.on('error', () => {});
      socket.write(`${REQUEST}\0`);
      const [answer] = await once(socket, 'data');
      assert.ok((answer as Buffer).equals(master.answer));
      const chatter = setInterval(() => socket.write('more'), 5);
      const began = performance.now();
      await new Promise((resolve) => socket.on('close', resolve));
      clearInterval(chatter);
      assert.ok(performance.now() - began < 1000);
    });

    it('refuses by RST, at once, every other first word and every byte too many', async () => {
      const port = await serve(master);
      for (const wrong of [
        'GET / HTTP/1.1\r\n',
        '\0',
        '<policy-file-request>\0',
        `${REQUEST}\0\0`,
        `${REQUEST}\0GET`,
        `${REQUEST} `,
        'x'.repeat(100_000),
        '<cross',
      ]) {
        const socket = dial(port);
        const began = performance.now();
        socket.write(wrong);
        await assert.rejects(buffer(socket), { code: 'ECONNRESET' }, wrong.slice(0, 30));
        assert.ok(performance.now() - began < 1000, wrong.slice(0, 30));
      }
      const silverlight = await serve(accessPolicyFile({ from: ['*'] }));
      for (const wrong of [`${REQUEST}x`, `${REQUEST}\0\0`]) {
        const socket = dial(silverlight);
        socket.write(wrong);
        await assert.rejects(buffer(socket), { code: 'ECONNRESET' });
      }
    });

    it('refuses a caller that ends half-way, and one that takes too long, trickling or silent', async () => {
      const half = dial(await serve(master), true);
      half.end(REQUEST);
      await assert.rejects(buffer(half), { code: 'ECONNRESET' });
      const port = await serve(master, { deadlineMs: 60 });
      const trickle = dial(port);
      let sent = 0;
      const timer = setInterval(() => trickle.write(REQUEST[sent++] ?? ''), 20);
      await assert.rejects(buffer(trickle), { code: 'ECONNRESET' });
      clearInterval(timer);
      assert.ok(sent < 15);
      await assert.rejects(buffer(dial(port)), { code: 'ECONNRESET' });
    });
  });

  it('holds a bounded number of callers', async () => {
    const port = await serve(master, { maxCallers: 2 });
    const held = [dial(port), dial(port)];
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    assert.equal((await buffer(dial(port)).catch(() => Buffer.alloc(0))).length, 0);
    held[0]?.write(`${REQUEST}\0`);
    assert.ok((await buffer(held[0] as Socket)).equals(master.answer));
  });

  it('serves inline behind a front that saw `<` first', async () => {
    const front = frontOf(createServer({ allowHalfOpen: true }), { policy: (socket) => answerPolicy(socket, inline) });
    open.push(front);
    const one = await player({ 8080: await listen(front.server, { port: 0, host: HOST }) });
    assert.equal(await one.flashMayConnect('any.example', 8080), true);
  });

  it('says when the port is taken', async () => {
    const port = await serve(master);
    await assert.rejects(
      createPolicyServer({ port, host: HOST, policy: master }),
      (error) => error instanceof PortholeError && error.code === 'PORT_IN_USE',
    );
  });

  it('closes, dropping callers half-way', async () => {
    const server = await createPolicyServer({ port: 0, host: HOST, policy: master });
    const socket = dial(server.port);
    socket.on('error', () => {});
    socket.write('<');
    await once(socket, 'connect');
    await wait(10);
    socket.resume();
    await Promise.all([server.close(), new Promise((resolve) => socket.on('close', resolve))]);
  });
});
