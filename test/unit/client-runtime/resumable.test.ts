// SPDX-License-Identifier: Apache-2.0
// A response body that breaks off in the service worker, and whose rest a session gives by range, without a browser.

import assert from 'node:assert/strict';
import { type Addressed, BRIDGE_NAME, type ResponseHead, type ToWorker } from '../../../client-runtime/browser/shared/bridge.ts';
import { lockOf } from '../../../client-runtime/browser/shared/lives.ts';
import type { Errand } from '../../../client-runtime/browser/worker/exchange.ts';
import { resumable } from '../../../client-runtime/browser/worker/resume.ts';

const SESSION = 'a session that gives the rest';
const content = 'all of the content';
const CUT_AT = 7;

const headOf = (status: number, more: [string, string][] = []): ResponseHead => ({
  status,
  statusText: '',
  headers: [['etag', '"one"'], ...more],
  hasBody: true,
  identity: true,
  injected: false,
});
const errand: Errand = {
  head: {
    method: 'GET',
    url: 'https://a.example/file',
    headers: [],
    destination: '',
    hasBody: false,
    identity: true,
    cookies: null,
    client: '',
  },
  body: null,
  client: null,
  signal: new AbortController().signal,
};

describe('a response body that breaks off', () => {
  let air: BroadcastChannel;
  let release: () => void;
  let ranges: (string | undefined)[];
  /** How the session gives the rest. */
  let give: (reply: (say: ToWorker) => void, head: ResponseHead, rest: ArrayBuffer) => void;

  before(async () => {
    await new Promise<void>((held) => {
      void navigator.locks.request(lockOf(SESSION), () => {
        held();
        return new Promise<void>((resolve) => {
          release = resolve;
        });
      });
    });
    air = new BroadcastChannel(BRIDGE_NAME);
    air.onmessage = (event) => {
      const message = (event as MessageEvent<Addressed>).data;
      if (message.to === 'sessions') air.postMessage({ to: 'workers', session: SESSION } satisfies Addressed);
      if (message.to !== 'session' || message.session !== SESSION || !('say' in message) || message.say.type !== 'ask') return;
      const { worker, id, say } = message;
      ranges.push(say.request.headers.find(([name]) => name === 'range')?.[1]);
      const bytes = new TextEncoder().encode(content.slice(CUT_AT)).buffer;
      const head = headOf(206, [['content-range', `bytes ${CUT_AT}-${content.length - 1}/${content.length}`]]);
      give((said) => air.postMessage({ to: 'worker', worker, id, say: said } satisfies Addressed), head, bytes);
    };
  });
  beforeEach(() => {
    ranges = [];
  });
  after(() => {
    air.close();
    release();
  });

  const read = (): Promise<string> => {
    let begun = false;
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (begun) throw new Error('the session has ended');
        begun = true;
        controller.enqueue(new TextEncoder().encode(content.slice(0, CUT_AT)));
      },
    });
    const head = headOf(200, [['content-length', String(content.length)]]);
    return new Response(resumable(errand, { head, body: broken }, broken)).text();
  };

  it('goes on with a rest that comes as a stream', async () => {
    give = (reply, head, bytes) => {
      reply({ type: 'head', head });
      reply({ type: 'data', bytes });
      reply({ type: 'end' });
    };
    assert.equal(await read(), content);
    assert.deepEqual(ranges, [`bytes=${CUT_AT}-${content.length - 1}`]);
  });

  it('goes on with a rest that is short and comes with its head', async () => {
    give = (reply, head, bytes) => reply({ type: 'head', head, bytes });
    assert.equal(await read(), content);
    assert.equal(ranges.length, 1);
  });
});
