// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 as bytes: what no client library says, said to whoever listens; and what came back, in the form in which it can be compared.

import { connect, type Socket } from 'node:net';
import type { Way } from './web-socket-app.ts';

/** One case. */
export interface RawCase {
  readonly what: string;
  /** What is said; `HOST` stands for the host that is dialled. A number is a pause in milliseconds. */
  readonly say: readonly (string | number)[];
  /** Whether each byte goes by itself. */
  readonly bytewise?: true;
  /** Whether it is no HTTP: then its refusal is compared by its status alone, for servers have words of their own. */
  readonly wrong?: true;
}

const get = (more = '', target = '/echo', version = 'HTTP/1.1'): string => `GET ${target} ${version}\r\nHost: HOST\r\n${more}\r\n`;
const last = (more = ''): string => get(`Connection: close\r\n${more}`);
const post = (more: string, content: string): string => `POST /echo HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n${more}\r\n${content}`;

/** All of them. The connection ends with the last answer of each. */
export const RAW_CASES: readonly RawCase[] = [
  { what: 'two requests one after the other on a connection', say: [get(), 20, last()] },
  { what: 'three requests at once on a connection are answered in their order', say: [get('', '/echo?1') + get('', '/204') + last()] },
  {
    what: 'a request behind an upload on the same connection',
    say: [`POST /echo HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\n\r\nabc${last()}`],
  },
  { what: 'HTTP/1.0 has no chunks, and the end of the connection is the end', say: [get('', '/chunked', 'HTTP/1.0')] },
  {
    what: 'HTTP/1.0 that keeps its connection',
    say: [get('Connection: keep-alive\r\n', '/length', 'HTTP/1.0') + get('', '/204', 'HTTP/1.0')],
  },
  { what: 'a request byte by byte', say: [last('X-A: b\r\n')], bytewise: true },
  {
    what: 'chunks with extensions, and trailers behind them',
    say: [post('Transfer-Encoding: chunked\r\nTrailer: X-T\r\n', '3;x=y\r\nabc\r\n0\r\nX-T: 1\r\n\r\n')],
  },
  { what: 'an upload in chunks of nothing', say: [post('Transfer-Encoding: chunked\r\n', '0\r\n\r\n')] },
  { what: 'a client that waits for 100', say: [post('Expect: 100-continue\r\nContent-Length: 5\r\n', ''), 50, 'hello'] },
  { what: 'a client that says it waits for 100, and does not', say: [post('Expect: 100-continue\r\nContent-Length: 5\r\n', 'hello')] },
  { what: 'blanks around a field’s value', say: [last('X-Blank:  \t in between \t \r\n')] },
  { what: 'a field twice, one of them empty', say: [last('X-Two: a\r\nX-Two:\r\n')] },
  { what: 'fields in any letters', say: [last('x-LoWeR: Value\r\nX-UPPER: VALUE\r\n')] },
  { what: 'an empty line before the request', say: [`\r\n${last()}`] },
  { what: 'HEAD, and then the next request', say: [`HEAD /length HTTP/1.1\r\nHost: HOST\r\n\r\n${last()}`] },
  { what: '304, and then the next request', say: [get('If-None-Match: "abc"\r\n', '/304') + last()] },
  { what: 'an upgrade that nobody knows is a request like any', say: [last('Upgrade: unheard-of\r\n')] },
  { what: 'a folded field', say: [last('X-Fold: a\r\n b\r\n')], wrong: true },
  { what: 'a blank before a colon', say: [last('X-Blank : a\r\n')], wrong: true },
  { what: 'a field without a name', say: [last(': a\r\n')], wrong: true },
  { what: 'a control character in a field', say: [last('X-Bell: a\x07\0b\r\n')], wrong: true },
  { what: 'two lengths that differ', say: [post('Content-Length: 3\r\nContent-Length: 4\r\n', 'abcd')], wrong: true },
  { what: 'a length that is none', say: [post('Content-Length: -3\r\n', 'abc')], wrong: true },
  {
    what: 'a length and chunks (request smuggling)',
    say: [post('Content-Length: 3\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n')],
    wrong: true,
  },
  { what: 'a coding behind chunked', say: [post('Transfer-Encoding: chunked, identity\r\n', '0\r\n\r\n')], wrong: true },
  { what: 'a chunk whose length is none', say: [post('Transfer-Encoding: chunked\r\n', 'xyz\r\nabc\r\n0\r\n\r\n')], wrong: true },
  { what: 'no Host', say: ['GET /echo HTTP/1.1\r\nConnection: close\r\n\r\n'], wrong: true },
  { what: 'a method that is none', say: ['G@T /echo HTTP/1.1\r\nHost: HOST\r\n\r\n'], wrong: true },
  { what: 'a method in small letters', say: ['get /echo HTTP/1.1\r\nHost: HOST\r\n\r\n'], wrong: true },
  { what: 'a version that is none', say: ['GET /echo HTTP/9.9\r\nHost: HOST\r\n\r\n'], wrong: true },
  { what: 'what is not HTTP at all', say: ['\x16\x03\x01\x02\0\r\n\r\n'], wrong: true },
];

/** Says it, and resolves with all that came until the connection was over. */
export function said({ port, host }: Way, { say, bytewise }: RawCase): Promise<string> {
  return new Promise((resolve) => {
    const socket: Socket = connect(port, '127.0.0.1');
    let came = '';
    socket
      .setNoDelay(true)
      .setEncoding('latin1')
      .on('data', (piece: string) => {
        came += piece;
      });
    socket.on('error', () => {}).on('close', () => resolve(came));
    void (async () => {
      for (const one of say) {
        if (typeof one === 'number') await new Promise((go) => setTimeout(go, one));
        else {
          const bytes = one.replaceAll('HOST', host);
          for (const piece of bytewise ? bytes : [bytes]) await new Promise((gone) => socket.write(piece, 'latin1', gone));
        }
      }
    })();
  });
}
