// SPDX-License-Identifier: Apache-2.0
// Links, hosts and addresses: which site they mean, who calls.

import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { PortholeError } from '../../../proto/errors.ts';
import { hostName, isFreeName, placeOf, siteOfLink, siteOfPath } from '../../../signaling/naming/links.ts';
import { siteLink } from '../../../signaling/naming/names.ts';
import { callerOf, canonicalAddress, isLoopback, rateKey } from '../../../signaling/shared/caller.ts';
import { MAX_LINK_CHARS } from '../../../signaling/shared/limits.ts';

const ID = `${'a'.repeat(51)}q`;
const DOMAINS = ['localhost', 'example.org', 'p.example.org'];

describe('links', () => {
  it('know what a dialled host is', () => {
    const cases: [host: string, place: ReturnType<typeof placeOf>][] = [
      ['localhost', { kind: 'suite', domain: 'localhost' }],
      ['LOCALHOST:8080', { kind: 'suite', domain: 'localhost' }],
      ['localhost.:80', { kind: 'suite', domain: 'localhost' }],
      ['demo.localhost:8080', { kind: 'site', domain: 'localhost', label: 'demo' }],
      ['demo.p.example.org', { kind: 'site', domain: 'p.example.org', label: 'demo' }],
      ['p.example.org', { kind: 'suite', domain: 'p.example.org' }],
      ['a.b.localhost', { kind: 'site', domain: 'localhost', label: 'a.b' }],
      ['127.0.0.1:8080', { kind: 'address', ip: '127.0.0.1' }],
      ['[::1]:8080', { kind: 'address', ip: '::1' }],
      ['[2001:DB8:0::1]', { kind: 'address', ip: '2001:db8::1' }],
      ['notlocalhost', { kind: 'foreign' }],
      ['elsewhere.example', { kind: 'foreign' }],
      ['', { kind: 'foreign' }],
      ['a@localhost', { kind: 'foreign' }],
      ['localhost/x', { kind: 'foreign' }],
      ['localhost:99999', { kind: 'foreign' }],
    ];
    for (const [host, place] of cases) assert.deepEqual(placeOf(host, DOMAINS), place, host);
  });

  it('are taken apart in every form', () => {
    const cases: [link: string, label: string][] = [
      ['demo', 'demo'],
      ['  Demo\n', 'demo'],
      [ID.toUpperCase(), ID],
      ['http://demo.localhost:8080/', 'demo'],
      ['https://demo.p.example.org/a?b#c', 'demo'],
      ['demo.localhost:8080/a/b', 'demo'],
      ['http://localhost:8080/demo', 'demo'],
      ['http://localhost:8080/Demo/a/b', 'demo'],
      ['localhost:8080/demo', 'demo'],
      ['http://127.0.0.1:8080/demo', 'demo'],
      ['http://[::1]:8080/demo/x', 'demo'],
      ['http://198.51.100.7/demo', 'demo'],
      [`http://example.org/?hostid=${ID}`, ID],
      ['http://example.org/ignored?hostid=demo', 'demo'],
      ['http://dialled.example:1/demo', 'demo'],
    ];
    for (const [link, label] of cases) assert.equal(siteOfLink(link, DOMAINS, 'dialled.example'), label, link);
  });

  it('that mean no site of ours are refused', () => {
    const cases = [
      '',
      ' ',
      '/',
      'http://',
      'http://localhost/',
      'http://localhost/?hostid=',
      'http://localhost/?hostid=a.b',
      'http://demo.elsewhere.example/',
    ];
    cases.push(
      'http://elsewhere.example/demo',
      'http://a.b.localhost/',
      'ftp://demo.localhost/',
      'javascript:alert(1)',
      'demo..localhost',
      '-x',
      'a_b',
      'x y',
    );
    cases.push(
      `http://localhost/${'a'.repeat(64)}`,
      `demo.localhost/${'x'.repeat(MAX_LINK_CHARS)}`,
      'mailto:demo@localhost',
      'http://localhost:999999/demo',
    );
    for (const link of cases) assert.throws(() => siteOfLink(link, DOMAINS), { code: 'LINK_INVALID' }, link);
    assert.equal(siteOfLink(`demo.localhost/${'x'.repeat(MAX_LINK_CHARS - 'demo.localhost/'.length)}`, DOMAINS), 'demo', 'the longest');
  });

  it('are either a label or a coded error, whatever they are', () => {
    const check = (link: string): void => {
      try {
        assert.match(siteOfLink(link, DOMAINS), /^[a-z0-9-]{1,63}$/);
      } catch (error) {
        assert.ok(error instanceof PortholeError, String(error));
        assert.equal(error.code, 'LINK_INVALID');
      }
    };
    fc.assert(fc.property(fc.string({ maxLength: 300, unit: 'binary' }), check));
    fc.assert(fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), check));
    fc.assert(fc.property(fc.string(), (rest) => check(`http://localhost/${rest}`)));
    fc.assert(fc.property(fc.string(), (host) => void placeOf(host, DOMAINS)));
  });

  it('name a site by path or hostid', () => {
    assert.equal(siteOfPath('/demo/x', new URLSearchParams()), 'demo');
    assert.equal(siteOfPath('/', new URLSearchParams('hostid=demo')), 'demo');
    assert.equal(siteOfPath('/', new URLSearchParams()), undefined);
    assert.equal(siteOfPath('//demo', new URLSearchParams()), undefined);
  });

  it('of sites are origins of their own, where the suite has a name', () => {
    assert.equal(siteLink(new URL('http://localhost:8080'), 'demo'), 'http://demo.localhost:8080/');
    assert.equal(siteLink(new URL('https://porthole.example'), 'demo'), 'https://demo.porthole.example/');
    assert.equal(siteLink(new URL('http://192.0.2.1:8080'), 'demo'), 'http://192.0.2.1:8080/demo');
    assert.equal(siteLink(new URL('http://[2001:db8::1]:8080'), 'demo'), 'http://[2001:db8::1]:8080/demo');
  });

  it('cannot be taken by a name that is a page of the suite', () => {
    assert.deepEqual(['demo', 'healthz', 'metrics', ID].map(isFreeName), [true, false, false, false]);
    assert.equal(hostName('a b'), undefined);
  });
});

describe('callers', () => {
  const request = (remoteAddress: string, headers: Record<string, string> = {}): IncomingMessage =>
    ({
      socket: { remoteAddress, remotePort: 1234, localAddress: '::ffff:192.0.2.9' },
      headers: { host: 'Suite.Example:80', ...headers },
    }) as unknown as IncomingMessage;

  it('are who connects', () => {
    const forged = { 'x-forwarded-for': '10.0.0.1', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
    const expected = { ip: '192.0.2.1', port: 1234, host: 'suite.example:80', protocol: 'http', reached: '192.0.2.9' };
    assert.deepEqual(callerOf(request('::ffff:192.0.2.1', forged), 0), expected);
  });

  it('are who trusted proxies say, and no more than they say', () => {
    const headers = {
      'x-forwarded-for': 'forged, 198.51.100.1, 10.0.0.2',
      'x-forwarded-host': 'real.example',
      'x-forwarded-proto': 'https',
    };
    const seen = (proxies: number, extra = {}) => callerOf(request('10.0.0.3', { ...headers, ...extra }), proxies);
    assert.equal(seen(1).ip, '10.0.0.2');
    assert.deepEqual(
      [seen(2).ip, seen(2).port, seen(2).host, seen(2).protocol, seen(2).reached],
      ['198.51.100.1', 0, 'real.example', 'https', ''],
    );
    assert.deepEqual([seen(3).ip, seen(3).port], ['10.0.0.3', 1234], 'what is no address does not count');
    assert.equal(seen(1, { 'x-forwarded-for': '' }).ip, '10.0.0.3');
  });

  it('are spelled and counted alike', () => {
    assert.equal(canonicalAddress('::FFFF:192.0.2.1'), '192.0.2.1');
    assert.equal(canonicalAddress('FE80:0:0:0::1%eth0'), 'fe80::1');
    assert.equal(canonicalAddress('nonsense'), 'nonsense');
    assert.deepEqual(['127.0.0.1', '127.1.2.3', '::1', '128.0.0.1', '::2'].map(isLoopback), [true, true, true, false, false]);
    assert.equal(rateKey('192.0.2.1'), '192.0.2.1');
    assert.equal(rateKey('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64');
    assert.equal(rateKey('2001:db8:1:2::9'), '2001:db8:1:2::/64');
    assert.equal(rateKey('2001:db8::9'), '2001:db8:0:0::/64');
    assert.equal(rateKey('::1'), '0:0:0:0::/64');
  });
});
