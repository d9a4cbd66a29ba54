// SPDX-License-Identifier: Apache-2.0
// A suite's URL and links as people write them: what is added, what is refused.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createHost, newIdentity } from '../../../host-agent/index.ts';
import { PortholeError } from '../../../proto/errors.ts';
import { originOf, suiteUrl, withScheme } from '../../../transport/rendezvous/suite-url.ts';

describe('a suite’s URL', () => {
  for (const [text, url] of [
    ['https://suite.example', 'https://suite.example'],
    ['http://suite.example:8080/a/b?c#d', 'http://suite.example:8080'],
    ['HTTPS://Suite.Example/', 'https://suite.example'],
    ['suite.example', 'https://suite.example'],
    [' suite.example/ ', 'https://suite.example'],
    ['suite.example:8443', 'https://suite.example:8443'],
    ['mine.suite.example/x', 'https://mine.suite.example'],
    ['nas', 'https://nas'],
    ['localhost', 'http://localhost'],
    ['localhost:8080', 'http://localhost:8080'],
    ['LOCALHOST:8080/', 'http://localhost:8080'],
    ['mine.localhost:8080', 'http://localhost:8080'],
    ['https://mine.localhost:8443/x', 'https://localhost:8443'],
    ['192.168.1.20:8080', 'http://192.168.1.20:8080'],
    ['127.0.0.1', 'http://127.0.0.1'],
    ['[::1]:8080', 'http://[::1]:8080'],
    ['[2001:db8::1]', 'http://[2001:db8::1]'],
    ['localhost.example', 'https://localhost.example'],
  ] as const) {
    it(`${JSON.stringify(text)} is ${url}`, () => assert.equal(suiteUrl(text).origin, url));
  }

  const NONE = [
    '',
    ' ',
    'null/',
    'null/x',
    'http',
    'https',
    'http:',
    'http://',
    'https//suite.example',
    'ftp://suite.example',
    'ws://suite.example',
  ];
  for (const text of [...NONE, 'mailto:a@suite.example', 'suite.example:port', 'suite.example:99999', 'a b', 'javascript:alert(1)', '/x']) {
    it(`${JSON.stringify(text)} is refused in words`, () => {
      assert.throws(() => suiteUrl(text), { code: 'CONFIG_INVALID', message: /is not the URL of a suite, such as/ });
    });
  }

  it('is a URL or refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.webUrl(), fc.domain()), (text) => {
        try {
          assert.match(suiteUrl(text).origin, /^https?:\/\/[^/]+$/);
        } catch (error) {
          assert.ok(error instanceof PortholeError, String(error));
          assert.equal(error.code, 'CONFIG_INVALID');
        }
      }),
    );
  });

  it('that is none is refused by a host at once', () => {
    const site = async (): Promise<Response> => new Response();
    for (const suite of ['null/', 'ftp://x.example']) {
      assert.throws(() => createHost({ suite, site, identity: newIdentity(), name: 'x', strategies: [] }), { code: 'CONFIG_INVALID' });
    }
  });
});

describe('a link without its scheme', () => {
  it('is https, except on this machine and at addresses; what has one, or names no host, stays as it is', () => {
    for (const [link, whole] of [
      ['mine.suite.example/a?b#c', 'https://mine.suite.example/a?b#c'],
      ['suite.example?hostid=x', 'https://suite.example?hostid=x'],
      ['demo.localhost:8080/a', 'http://demo.localhost:8080/a'],
      ['192.0.2.1:8080/demo', 'http://192.0.2.1:8080/demo'],
      ['[::1]:8080/demo', 'http://[::1]:8080/demo'],
      ['http://suite.example/x', 'http://suite.example/x'],
      ['demo', 'demo'],
      ['not a link', 'not a link'],
      ['mailto:a@b.example', 'mailto:a@b.example'],
    ] as const) {
      assert.equal(withScheme(link), whole);
    }
    assert.equal(originOf('not a link'), null);
    assert.equal(originOf('mine.suite.example/a')?.href, 'https://mine.suite.example/');
  });
});
