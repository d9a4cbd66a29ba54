// SPDX-License-Identifier: Apache-2.0
// Which addresses an app may have, and where their names may lead.

import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { appTarget, nearLookup } from '../../../../host-agent/app/target.ts';
import { PortholeError } from '../../../../proto/errors.ts';

const code =
  (expected: string) =>
  (error: unknown): boolean =>
    error instanceof PortholeError && error.code === expected;

describe('the address of an app', () => {
  const good: readonly (readonly [given: string, origin: string, base: string, loopback: boolean])[] = [
    ['http://localhost:3000', 'http://localhost:3000', '/', true],
    ['HTTP://LOCALHOST:3000/', 'http://localhost:3000', '/', true],
    ['https://localhost:8443', 'https://localhost:8443', '/', true],
    ['http://app.localhost', 'http://app.localhost', '/', true],
    ['http://127.0.0.1:8000/base/', 'http://127.0.0.1:8000', '/base/', true],
    ['http://127.9.9.9:8000/base', 'http://127.9.9.9:8000', '/base/', true],
    ['http://127.1:8000/a/../b', 'http://127.0.0.1:8000', '/b/', true],
    ['http://[::1]:3000/', 'http://[::1]:3000', '/', true],
    ['http://[::ffff:127.0.0.1]:3000/', 'http://[::ffff:7f00:1]:3000', '/', true],
    ['http://0.0.0.0:8000/', 'http://localhost:8000', '/', true],
    ['http://[::]:8000/', 'http://localhost:8000', '/', true],
    ['http://192.168.1.10:8123', 'http://192.168.1.10:8123', '/', false],
    ['http://10.0.0.1', 'http://10.0.0.1', '/', false],
    ['http://172.31.0.1', 'http://172.31.0.1', '/', false],
    ['http://[fd12::1]:5000', 'http://[fd12::1]:5000', '/', false],
    ['http://nas.local:5000', 'http://nas.local:5000', '/', false],
  ];
  for (const [given, origin, base, loopback] of good) {
    it(`${given} is ${origin}${base}`, () => {
      const target = appTarget(given);
      assert.deepEqual([target.origin, target.base, target.loopback], [origin, base, loopback]);
    });
  }

  const bad: readonly (readonly [given: string, code: string])[] = [
    ['http://8.8.8.8', 'NOT_ALLOWED'],
    ['https://172.32.0.1', 'NOT_ALLOWED'],
    ['http://[2001:db8::1]:3000', 'NOT_ALLOWED'],
    ['http://[::ffff:8.8.8.8]', 'NOT_ALLOWED'],
    ['http://169.254.169.254', 'NOT_ALLOWED'],
    ['http://134744072', 'NOT_ALLOWED'],
    ['http://[fe80::1]', 'NOT_ALLOWED'],
    ['ftp://localhost', 'LINK_INVALID'],
    ['file:///etc/passwd', 'LINK_INVALID'],
    ['http://user:secret@localhost:3000', 'LINK_INVALID'],
    ['http://localhost:3000/?a=b', 'LINK_INVALID'],
    ['http://localhost:3000/#a', 'LINK_INVALID'],
    ['http://localhost:99999', 'LINK_INVALID'],
    ['nonsense', 'LINK_INVALID'],
    ['', 'LINK_INVALID'],
  ];
  for (const [given, expected] of bad)
    it(`"${given}" is refused: ${expected}`, () => assert.throws(() => appTarget(given), code(expected)));
});

describe('where an app’s name leads', () => {
  /** Looks a name up that a name server leads to these addresses. */
  function look(name: string, addresses: readonly string[], all = true): Promise<{ found: unknown; asked: number }> {
    let asked = 0;
    const find = (_: string, __: object, done: (error: Error | null, found: LookupAddress[]) => void): void => {
      asked++;
      done(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
    };
    return new Promise((resolve, reject) => {
      nearLookup(find as never)(name, { all }, (error, found) => (error ? reject(error) : resolve({ found, asked })));
    });
  }

  it('localhost: this machine by both families, and no name server is asked', async () => {
    for (const name of ['localhost', 'app.localhost', 'LOCALHOST']) {
      const { found, asked } = await look(name, ['8.8.8.8']);
      assert.deepEqual(found, [
        { address: '127.0.0.1', family: 4 },
        { address: '::1', family: 6 },
      ]);
      assert.equal(asked, 0);
    }
  });

  it('a name of the network: its addresses there, and no other', async () => {
    assert.deepEqual((await look('nas.local', ['8.8.8.8', '192.168.1.5', 'fd00::5'])).found, [
      { address: '192.168.1.5', family: 4 },
      { address: 'fd00::5', family: 6 },
    ]);
    assert.equal((await look('nas.local', ['8.8.8.8', '10.0.0.1'], false)).found, '10.0.0.1');
  });

  it('a name that leads to the internet, or to what clouds tell of themselves, leads nowhere', async () => {
    await assert.rejects(look('nas.local', ['8.8.8.8']), code('NOT_ALLOWED'));
    await assert.rejects(look('nas.local', ['169.254.169.254']), code('NOT_ALLOWED'));
    await assert.rejects(look('nas.local', []), code('NOT_ALLOWED'));
  });
});
