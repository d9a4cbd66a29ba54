// SPDX-License-Identifier: Apache-2.0
// The gateway of `porthole open`: loopback names only, and redirections of the site stay with it.

import assert from 'node:assert/strict';
import { openGateway } from '../../../client-runtime/visit/local-gateway.ts';
import { cleanUp, http, later } from '../signaling/helper.ts';

describe('the gateway on this machine', () => {
  afterEach(cleanUp);

  async function open(location: string) {
    const fetch = async (): Promise<Response> => new Response(null, { status: 302, headers: { location } });
    const gateway = await openGateway({ fetch }, { port: 0, authority: 'demo.example:80' });
    later(() => gateway.close());
    return gateway;
  }

  it('leads to itself where the site leads to its own name, and elsewhere as the site says', async () => {
    const here = 'http://localhost:1';
    for (const [location, wanted] of [
      ['http://demo.example:80/a?b#c', `${here}/a?b#c`],
      ['http://demo.example:80//other.example/', `${here}//other.example/`],
      ['http://demo.example:80', here],
      ['http://demo.example:8080/', 'http://demo.example:8080/'],
      ['http://demo.example:80.other.example/', 'http://demo.example:80.other.example/'],
      ['http://demo.example:80@other.example/', 'http://demo.example:80@other.example/'],
      ['https://demo.example:80/', 'https://demo.example:80/'],
      ['/a', '/a'],
    ] as const) {
      const gateway = await open(location);
      assert.equal((await http(gateway, '/', { host: 'localhost:1' })).headers.location, wanted);
    }
  });

  it('answers on loopback names only', async () => {
    const gateway = await open('/');
    for (const host of ['localhost', 'a.localhost:9', '127.0.0.1', '[::1]:9'])
      assert.equal((await http(gateway, '/', { host })).status, 302);
    for (const host of ['other.example', 'localhost.example', 'xlocalhost', '127.0.0.2']) {
      assert.equal((await http(gateway, '/', { host })).status, 403, host);
    }
  });
});
