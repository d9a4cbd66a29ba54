// SPDX-License-Identifier: Apache-2.0
// What a suite is called: what its links start with, how it is reached back, and the site that a network is shown.

import assert from 'node:assert/strict';
import { dialled, type NameOptions, SuiteNames } from '../../../signaling/naming/names.ts';
import { isLinkLocal, isNear, isPrivate } from '../../../signaling/naming/near.ts';
import { callerOf } from '../../../signaling/shared/caller.ts';

const ID = `${'a'.repeat(51)}q`;

function names(options: Partial<NameOptions> = {}, port = 8080): SuiteNames {
  const made = new SuiteNames({ address: '127.0.0.1', ...options });
  made.port = port;
  return made;
}

describe('names of a suite', () => {
  it('are what links start with: the public URL, else the first domain, else what this machine calls it', () => {
    const cases: [options: Partial<NameOptions>, port: number, link: string][] = [
      [{}, 8080, 'http://mine.localhost:8080/'],
      [{ address: '0.0.0.0' }, 80, 'http://mine.localhost/'],
      [{ address: '192.0.2.1' }, 8080, 'http://192.0.2.1:8080/mine'],
      [{ address: '2001:db8::1' }, 8080, 'http://[2001:db8::1]:8080/mine'],
      [{ address: 'box.example' }, 8080, 'http://mine.box.example:8080/'],
      [{ domains: ['suite.example'] }, 8080, 'http://mine.suite.example:8080/'],
      [{ domains: ['Suite.example', 'other.example'], address: '0.0.0.0' }, 80, 'http://mine.suite.example/'],
      [{ domains: ['localhost', 'other.example'] }, 8080, 'http://mine.localhost:8080/'],
      [{ domains: ['2001:db8::1'] }, 8080, 'http://[2001:db8::1]:8080/mine'],
      [{ domains: ['suite.example'], publicUrl: 'https://P.example' }, 8080, 'https://mine.p.example/'],
      [{ publicUrl: 'http://p.example:81/' }, 8080, 'http://mine.p.example:81/'],
    ];
    for (const [options, port, link] of cases) assert.equal(names(options, port).link('mine'), link, JSON.stringify(options));
  });

  it('are all that a site may be dialled below', () => {
    const { domains } = names({ domains: ['a.example', 'A.example'], publicUrl: 'https://p.example', address: 'box.example' });
    assert.deepEqual(domains, ['localhost', 'a.example', 'p.example', 'box.example']);
    assert.deepEqual(['0.0.0.0', '::', '::1', '127.0.0.1', 'localhost', '127.0.0.2', '::2'].map(dialled), [
      'localhost',
      'localhost',
      'localhost',
      'localhost',
      'localhost',
      '127.0.0.2',
      '[::2]',
    ]);
  });

  it('lead a caller back by the name it dialled', () => {
    const suite = names({ domains: ['suite.example'] });
    const origin = (host: string, headers = {}, proxies = 0): string =>
      suite.origin(callerOf({ socket: {}, headers: { host, ...headers } } as never, proxies)).origin;
    assert.equal(origin('mine.localhost:99'), 'http://localhost:99');
    assert.equal(origin('127.0.0.1:8080'), 'http://localhost:8080');
    assert.equal(origin('mine.suite.example'), 'http://suite.example');
    assert.equal(origin('suite.example', { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'https' }, 1), 'https://suite.example');
    for (const foreign of ['evil.example', '192.0.2.1:8080', '']) assert.equal(origin(foreign), 'http://suite.example:8080', foreign);
  });
});

describe('the site of this network', () => {
  let site: string | undefined = ID;
  const suite = names({ address: '0.0.0.0', lan: { site: () => site, names: ['Box.local'] } });

  it('is at the addresses of this machine and at its own name, and nowhere else', () => {
    for (const host of ['192.168.1.20:8080', '192.168.1.20', '[fd00::1]:8080', '8.8.8.8', 'box.local:8080', 'BOX.local.']) {
      assert.equal(suite.place(host).kind, 'lan', host);
    }
    for (const [host, kind] of [
      ['127.0.0.1:8080', 'address'],
      ['[::1]', 'address'],
      ['localhost:8080', 'suite'],
      ['mine.localhost', 'site'],
      ['evil.example:8080', 'foreign'],
      ['other.local', 'foreign'],
      ['mine.box.local', 'foreign'],
      ['', 'foreign'],
    ] as const) {
      assert.equal(suite.place(host).kind, kind, host);
    }
    assert.equal(names({ address: '0.0.0.0' }).place('192.168.1.20:8080').kind, 'address', 'without it');
  });

  it('is found by any link there, which is its own', () => {
    for (const link of ['http://192.168.1.20:8080/a/b?c', '192.168.1.20:8080', 'http://192.168.1.20:8080/demo', 'http://box.local/x']) {
      const origin = link.includes('box') ? 'http://box.local/' : 'http://192.168.1.20:8080/';
      assert.deepEqual(suite.find(link, '192.168.1.20'), { label: ID, link: origin }, link);
    }
    assert.deepEqual(suite.find('http://192.168.1.20:8080/?hostid=demo'), { label: 'demo' });
    assert.deepEqual(suite.find('http://127.0.0.1:8080/demo'), { label: 'demo' });
    assert.deepEqual(suite.find('http://demo.localhost:8080/x'), { label: 'demo' });
    assert.deepEqual(suite.find('demo'), { label: 'demo' });
    assert.throws(() => suite.find('http://evil.example/'), { code: 'LINK_INVALID' });
    site = undefined;
    assert.throws(() => suite.find('http://192.168.1.20:8080/'), { code: 'HOST_OFFLINE' });
  });
});

describe('near addresses', () => {
  it('are those of no stranger', () => {
    const near = [
      '127.0.0.1',
      '127.9.9.9',
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.0.1',
      '169.254.1.1',
      '::1',
      'fe80::1',
      'fd12::1',
    ];
    const far = ['8.8.8.8', '172.15.0.1', '172.32.0.1', '192.169.0.1', '100.64.0.1', '0.0.0.0', '2001:db8::1', 'fec0::1', '::', '', 'near'];
    assert.deepEqual(
      near.filter((address) => !isNear(address)),
      [],
    );
    assert.deepEqual(far.filter(isNear), []);
    assert.deepEqual(near.filter(isPrivate), ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1', 'fd12::1']);
    assert.deepEqual(near.filter(isLinkLocal), ['169.254.1.1', 'fe80::1']);
  });
});
