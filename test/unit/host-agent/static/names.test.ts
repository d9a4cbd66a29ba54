// SPDX-License-Identifier: Apache-2.0
// Tests of names: what may be asked for, and that no path climbs out.

import assert from 'node:assert/strict';
import { posix } from 'node:path';
import fc from 'fast-check';
import { isPublicName, readPath } from '../../../../host-agent/static/names.ts';

describe('static/names', () => {
  const cases: [pathname: string, read: ReturnType<typeof readPath>][] = [
    ['/', { name: '', slash: true }],
    ['/a.html', { name: 'a.html', slash: false }],
    ['/a/b/', { name: 'a/b', slash: true }],
    ['/caf%C3%A9%20au%20lait', { name: 'café au lait', slash: false }],
    ['/100%25.txt', { name: '100%.txt', slash: false }],
    ['/a:b', { name: 'a:b', slash: false }],
    ['/%252e%252e/x', { name: '%2e%2e/x', slash: false }],
    ['/.well-known/acme', { name: '.well-known/acme', slash: false }],
    ['/.well-known/.secret', 'hidden'],
    ['/.well-knownx', 'hidden'],
    ['/.git/config', 'hidden'],
    ['/a/.env', 'hidden'],
    ['/%2eenv', 'hidden'],
    ['/..', 'hidden'],
    ['/%2e%2e/x', 'hidden'],
    ['/a%2fb', 'hidden'],
    ['/..%2f..%2fetc/passwd', 'hidden'],
    ['/a%5cb', 'hidden'],
    ['/..%5c..%5cetc', 'hidden'],
    ['/a%00.html', 'hidden'],
    ['//', 'hidden'],
    ['//evil.example/x', 'hidden'],
    ['/a//b', 'hidden'],
    ['/a//', 'hidden'],
    ['/%', 'malformed'],
    ['/%zz', 'malformed'],
    ['/%ff', 'malformed'],
    ['/%c0%ae%c0%ae/x', 'malformed'],
  ];
  for (const [pathname, read] of cases) {
    it(`reads ${pathname} as ${JSON.stringify(read)}`, () => assert.deepEqual(readPath(pathname), read));
  }

  it('never reads a name that leads out of the folder or to a dot name', () => {
    const step = fc.oneof(fc.constantFrom('..', '.', '%2e', '%2E%2e', '%2f', '%5c', '%00', '%', 'a', '', '.well-known', '\\'), fc.string());
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const read = readPath(new URL(`http://site.localhost/${steps.join('/')}`).pathname);
        if (typeof read === 'string') return;
        const reached = posix.resolve('/srv/site', read.name);
        assert.ok(reached === '/srv/site' || reached.startsWith('/srv/site/'), reached);
        assert.ok(read.name === '' || read.name.split('/').every(isPublicName));
      }),
    );
  });
});
