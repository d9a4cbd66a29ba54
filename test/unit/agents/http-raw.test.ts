// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 as bytes at both gateways: answered as by the app asked directly, or refused as a server refuses it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { httpApp } from '../../support/http-app.ts';
import { type HttpEnds, httpEnds } from '../../support/http-ends.ts';
import { RAW_CASES, said } from '../../support/http-raw.ts';
import { PlayedApp } from '../../support/http-streams.ts';
import type { Way } from '../../support/web-socket-app.ts';
import { cleanUp } from '../signaling/helper.ts';

/** Fields of one connection, of the server's own, and those by which the ends are known to differ. */
const OF_THE_WAY = /^(connection|keep-alive|date|porthole-gateway|vary|trailer)$/i;

/** One answer after the other: status, fields, content. */
function answersIn(came: string, methods: readonly string[]): unknown[] {
  const answers: unknown[] = [];
  let rest = came;
  for (let at = 0; rest !== ''; ) {
    const end = rest.indexOf('\r\n\r\n');
    const [line = '', ...lines] = rest.slice(0, end).split('\r\n');
    const status = Number(line.split(' ')[1]);
    const fields = lines.map((one) => [one.slice(0, one.indexOf(':')).toLowerCase(), one.slice(one.indexOf(':') + 1).trim()] as const);
    const field = (name: string): string | undefined => fields.find(([one]) => one === name)?.[1];
    rest = rest.slice(end + 4);
    let content = '';
    if (status < 200) {
      answers.push(status);
      continue;
    }
    if (methods[at++] === 'HEAD' || status === 204 || status === 304) content = '';
    else if (field('transfer-encoding') === 'chunked') {
      for (;;) {
        const size = Number.parseInt(rest, 16);
        const from = rest.indexOf('\r\n') + 2;
        content += rest.slice(from, from + size);
        rest = rest.slice(from + size + 2);
        if (!(size > 0)) break;
      }
    } else {
      const length = Number(field('content-length') ?? rest.length);
      content = rest.slice(0, length);
      rest = rest.slice(length);
    }
    const isEcho = content.startsWith('{"method"');
    const kept = fields.filter(([name]) => !OF_THE_WAY.test(name) && !/^(transfer-encoding|content-length)$/.test(name)).sort();
    const said = isEcho ? JSON.parse(content) : content;
    if (isEcho) said.fields = said.fields.filter(([name]: [string]) => !/^(upgrade|trailer)$/.test(name));
    answers.push({ line: line.replace(/^HTTP\/1\.. /, ''), fields: kept, content: said });
  }
  return answers;
}

describe('HTTP/1.1 as bytes', () => {
  let all: HttpEnds;
  const at = (name: string): Way => all.ends.find((one) => one.name === name)?.at as Way;
  before(async () => {
    all = await httpEnds(httpApp);
  });
  after(async () => {
    await all.close();
    await cleanUp();
  });

  for (const name of ['suite', 'open'] as const) {
    for (const one of RAW_CASES) {
      it(`at ${name}: ${one.what}`, async () => {
        const methods = [...one.say.join('').matchAll(/([A-Z]+) \S+ HTTP/g)].map(([, method]) => method as string);
        const [here, there] = await Promise.all([said(at(name), one), said(at('direct'), one)]);
        assert.notEqual(there, '', 'the app answers');
        if (one.wrong) {
          const status = (came: string): number => Number(came.split(' ')[1]);
          assert.ok(status(there) >= 400, there);
          return assert.equal(status(here), status(there), here);
        }
        return assert.deepEqual(answersIn(here, methods), answersIn(there, methods));
      });
    }

    it(`at ${name}: a target in absolute form is as one in origin form, and its authority counts, not Host`, async () => {
      const ask = (target: string, host: string): Promise<string> =>
        said(
          { port: at(name).port, host },
          { what: '', say: [`GET ${target} HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\nX-A: b\r\n\r\n`] },
        );
      const { host } = at(name);
      const plain = await ask('/echo?x=y', host);
      const methods = ['GET'];
      for (const dialled of [host, 'elsewhere.example']) {
        assert.deepEqual(answersIn(await ask(`http://${host}/echo?x=y`, dialled), methods), answersIn(plain, methods));
      }
      assert.match(await ask('http://elsewhere.example/echo', host), /^HTTP\/1\.1 421 /);
      assert.match(await ask('*', host), /^HTTP\/1\.1 400 /);
    });

    it(`at ${name}: an answer over HTTP/1.0 that breaks is broken off with a reset, for its end would be the end`, async () => {
      const app = new PlayedApp();
      const played = await httpEnds(app.listener);
      try {
        const way = played.ends.find((end) => end.name === name)?.at as Way;
        const socket = connect(way.port, '127.0.0.1');
        socket.write(`GET / HTTP/1.0\r\nHost: ${way.host}\r\n\r\n`);
        const { response } = await app.next();
        response.write('a part');
        await once(socket, 'data');
        const failed = once(socket, 'error');
        response.destroy();
        assert.equal(((await failed)[0] as { code?: string }).code, 'ECONNRESET');
      } finally {
        await played.close();
      }
    });
  }
});
