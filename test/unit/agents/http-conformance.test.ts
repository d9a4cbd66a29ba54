// SPDX-License-Identifier: Apache-2.0
// HTTP by every way to an app (the suite's gateway, `open`, the Node client, an app shell's scheme, an app in memory) is as the app's own.

import assert from 'node:assert/strict';
import { type Echo, httpApp } from '../../support/http-app.ts';
import { HTTP_CASES, type HttpAsked, type HttpCase, OVER_A_LIMIT } from '../../support/http-cases.ts';
import { type HttpEnd, type HttpEnds, httpEnds } from '../../support/http-ends.ts';
import { cleanUp } from '../signaling/helper.ts';

/** Of one connection; and what only gateways and servers add of their own. */
const OF_THE_WAY = ['connection', 'keep-alive', 'transfer-encoding', 'trailer', 'porthole-gateway'];
/** What the suite's gateway adds to Vary: at the same address browsers get the shell. */
const BESIDE_THE_SHELL = /(^|, )Sec-Fetch-Dest, Sec-Fetch-Mode$/;

/** What an end cannot be asked, or answers otherwise by design. */
const NOT_HERE: Readonly<Partial<Record<HttpEnd['name'], readonly (readonly [reason: string, is: (one: HttpCase) => boolean])[]>>> = {
  suite: [
    [
      'a navigation is answered with the shell',
      ([, , asked]) => asked?.headers?.some(([, value]) => /navigate|text\/html/.test(value)) === true,
    ],
  ],
  open: [['pages of other origins have no access', ([what]) => what === 'a preflight']],
  node: [['the server in memory takes longer fields', ([what]) => what.includes('20,000 bytes')]],
  handler: [
    ['a Request has no content with GET (Fetch Standard)', ([, , asked]) => asked?.body !== undefined && (asked.method ?? 'GET') === 'GET'],
  ],
};

/** A case as an end can ask it. */
function asItIs(end: HttpEnd, [, target, asked = {}]: HttpCase): { target: string; asked: HttpAsked } {
  if (end.name !== 'handler') return { target, asked };
  // A Request has its address in the platform's spelling.
  const { pathname, search } = new URL(`http://app${target}`);
  return { target: pathname + search, asked };
}

/** What came, to be compared. */
async function answered(end: HttpEnd, target: string, { method = 'GET', headers = [], body }: HttpAsked): Promise<unknown> {
  const content = body === undefined ? null : (new Blob([body]).stream() as ReadableStream<Uint8Array>);
  const response = await end.ask({ method, target, headers, body: content });
  const fields: Record<string, string | string[]> = {};
  for (const [name, value] of response.headers) if (!OF_THE_WAY.includes(name)) fields[name] = value;
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) fields['set-cookie'] = cookies;
  const vary = String(fields.vary ?? '').replace(BESIDE_THE_SHELL, '');
  if (vary === '') delete fields.vary;
  else fields.vary = vary;
  // A server adds the moment where an app says none (RFC 9110 section 6.6.1).
  if (fields.date !== 'Wed, 21 Oct 2015 07:28:00 GMT') delete fields.date;
  const text = Buffer.from(await response.arrayBuffer()).toString('latin1');
  // An answer without content may have its length said, or be in chunks of nothing.
  if (text === '' && method !== 'HEAD' && fields['content-length'] === '0') delete fields['content-length'];
  const isEcho = text.startsWith('{"method"');
  if (isEcho) delete fields['content-length'];
  return { status: response.status, fields, body: isEcho ? canonical(JSON.parse(text) as Echo, end) : text };
}

/** The fields of a request as they are the same to HTTP: those of one name joined, in no order. A Request joins them by itself. */
function canonical({ fields, ...echo }: Echo, end: HttpEnd): unknown {
  const joined = new Map<string, string>();
  for (const [name, value] of fields) {
    // What Node's own client adds to each Request.
    if (end.name === 'handler' && name === 'content-type' && value.startsWith('text/plain')) continue;
    joined.set(name, joined.has(name) ? `${joined.get(name)}, ${value}` : value);
  }
  return { ...echo, fields: [...joined].sort(([a], [b]) => (a < b ? -1 : 1)) };
}

describe('HTTP by every way to an app', () => {
  let all: HttpEnds;
  const end = (name: string): HttpEnd => all.ends.find((one) => one.name === name) as HttpEnd;
  before(async () => {
    all = await httpEnds(httpApp);
  });
  after(async () => {
    await all.close();
    await cleanUp();
  });

  for (const name of ['suite', 'open', 'client', 'handler', 'node'] as const) {
    describe(`${name}: is as the app asked directly`, () => {
      const left = NOT_HERE[name] ?? [];
      for (const one of HTTP_CASES.filter((each) => !left.some(([, is]) => is(each)))) {
        it(`${one[0]}: ${one[2]?.method ?? 'GET'} ${one[1].slice(0, 60)}`, async () => {
          const asks = asItIs(end(name), one);
          const [here, there] = [
            await answered(end(name), asks.target, asks.asked),
            await answered(end('direct'), asks.target, asks.asked),
          ];
          assert.deepEqual(here, there);
        });
      }
      for (const [what, target, asked] of OVER_A_LIMIT) {
        it(`${what} is over a limit, and refused in words`, async () => {
          const { headers = [] } = asked ?? {};
          const asks = end(name).ask({ method: 'GET', target, headers, body: null });
          if (name === 'client' || name === 'node') return assert.rejects(asks, { code: 'MESSAGE_TOO_LONG' });
          const response = await asks;
          assert.equal(response.headers.get('porthole-error'), 'MESSAGE_TOO_LONG');
          assert.match(await response.text(), /^MESSAGE_TOO_LONG: .{20,}\n$/);
          return assert.ok([413, 414, 431].includes(response.status));
        });
      }
    });
  }
});
