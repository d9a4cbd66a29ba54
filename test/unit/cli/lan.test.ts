// SPDX-License-Identifier: Apache-2.0
// Links for this network: by which address, followed as they change; what each link is good for; what --lan does not go with.

import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { checkLan } from '../../../cli/commands/up.ts';
import { followLinks, lanAddresses, lanLinks, routeAddress } from '../../../cli/running/lan.ts';
import type { Settings } from '../../../cli/settings/settings.ts';
import { lanRows, reachOf, rowsText, shownLink, tellLan } from '../../../cli/terminal/links.ts';
import type { NetworkWatch } from '../../../transport/system/network.ts';
import { testContext } from './context.ts';

const of = (...addresses: string[]): NetworkInterfaceInfo[] =>
  addresses.map(
    (address) =>
      ({
        address,
        family: address.includes(':') ? 'IPv6' : 'IPv4',
        internal: address === '::1' || address.startsWith('127.'),
      }) as NetworkInterfaceInfo,
  );
const ID = 'giul4aegrbk7ymf5kuoqhpl3dzdhdg6vhmglr4ryrj5vlleufv3q';

describe('the addresses of this machine in its network', () => {
  it('are private ones, that of the default route first', () => {
    const many = {
      lo: of('127.0.0.1', '::1'),
      docker0: of('172.17.0.1'),
      wlan0: of('192.168.1.20', 'fd00::20', 'fe80::1'),
      vpn: of('10.8.0.2'),
    };
    assert.deepEqual(lanAddresses(many, '192.168.1.20'), ['192.168.1.20', '172.17.0.1', '10.8.0.2']);
    assert.deepEqual(lanAddresses(many, null), ['172.17.0.1', '192.168.1.20', '10.8.0.2'], 'no way to the Internet');
    const rented = { eth0: of('203.0.113.9', '2001:db8::9'), eth1: of('10.0.0.9') };
    assert.deepEqual(lanAddresses(rented, '203.0.113.9'), ['10.0.0.9'], 'a public address is none, default route or not');
  });

  it('are unique local IPv6 where there is no private IPv4, else of the link, else none', () => {
    assert.deepEqual(lanAddresses({ eth0: of('203.0.113.9', 'FD00:0::9', 'fe80::9') }, '203.0.113.9'), ['fd00::9']);
    assert.deepEqual(lanAddresses({ eth0: of('169.254.7.7', 'fe80::9') }, null), ['169.254.7.7']);
    assert.deepEqual(lanAddresses({ lo: of('127.0.0.1'), eth0: of('203.0.113.9', 'fe80::9', '2001:db8::9') }, null), []);
    assert.deepEqual(lanAddresses({}, null), []);
  });

  it('are asked of this very machine', async () => {
    const route = await routeAddress();
    assert.ok(route === null || /^\d+\.\d+\.\d+\.\d+$/.test(route), String(route));
    for (const link of await lanLinks(8080)) assert.equal(reachOf(link), 'This network', link);
    for (const link of await lanLinks(80)) assert.equal(new URL(link).port, '', link);
  });

  it('are followed while they are asked for', async () => {
    const changes: (() => void)[] = [];
    let stopped = 0;
    const watch: NetworkWatch = (changed) => {
      changes.push(() => changed('a new address'));
      return () => stopped++;
    };
    let links = ['a'];
    const told: (readonly string[])[] = [];
    const following = followLinks(
      watch,
      async () => links,
      ['a'],
      (now) => told.push(now),
    );
    const change = async (now: string[]): Promise<void> => {
      links = now;
      changes[0]?.();
      await new Promise((resolve) => setImmediate(resolve));
    };
    await change(['a']);
    await change(['b', 'a']);
    await change(['b', 'a']);
    await change([]);
    assert.deepEqual(told, [['b', 'a'], []]);
    await following.close();
    await change(['c']);
    assert.deepEqual([told.length, stopped], [2, 1]);
  });
});

describe('links as a person is told them', () => {
  it('say whom they are good for', () => {
    for (const [link, reach] of [
      ['http://mine.localhost:8080/', 'This machine'],
      ['http://localhost:8080/mine', 'This machine'],
      ['http://127.0.0.2:8080/mine', 'This machine'],
      ['http://[::1]:8080/mine', 'This machine'],
      ['http://192.168.1.20:8080/', 'This network'],
      ['http://[fd00::1]:8080/', 'This network'],
      ['http://box.local:8080/', 'This network'],
      ['https://mine.suite.example/', 'Everyone'],
      ['http://203.0.113.9:8080/mine', 'Everyone'],
    ] as const) {
      assert.equal(reachOf(link), reach, link);
    }
    assert.equal(shownLink(`http://mine.localhost:8080/#key=${ID}`), 'http://mine.localhost:8080/');
    assert.equal(shownLink(`https://mine.suite.example/#key=${ID}`), `https://mine.suite.example/#key=${ID}`);
  });

  it('stand in columns, within 80 of them where they can', () => {
    const long = `https://mine.suite.example/#key=${ID}`;
    const text = rowsText([
      { label: 'This machine', text: 'http://mine.localhost:8080/' },
      ...lanRows(['http://192.168.1.20:8080/', 'http://10.8.0.2:8080/']),
      { label: 'Everyone', text: long },
      { label: '', text: 'x'.repeat(50), note: 'y'.repeat(20) },
      ...lanRows([]),
    ]);
    assert.deepEqual(text.split('\n'), [
      '  This machine   http://mine.localhost:8080/',
      '  This network   http://192.168.1.20:8080/   plain HTTP, not sealed',
      '                 also http://10.8.0.2:8080/',
      '  Everyone',
      `  ${long}`,
      `                 ${'x'.repeat(50)}`,
      `                 ${'y'.repeat(20)}`,
      '  This network   no address there now; the link is told when there is one',
    ]);
    assert.ok(text.split('\n').every((line) => line.length <= 80 || line.includes(long)));
  });

  it('are told anew as an event', () => {
    const context = testContext({ home: '' });
    tellLan(context.output, ['http://192.168.1.20:8080/']);
    assert.deepEqual(context.events, [{ event: 'lan', lan: ['http://192.168.1.20:8080/'] }]);
    assert.match(context.sentences[0] as string, /The network changed\.\n {2}This network {3}http:\/\/192\.168\.1\.20:8080\//);
  });
});

describe('--lan', () => {
  it('does not go with what plain HTTP would betray, and says why', () => {
    const against: [settings: Partial<Settings>, words: RegExp][] = [
      [{ password: true }, /--password .*told in clear/],
      [{ password: 'secret' }, /--password .*told in clear/],
      [{ passwordFile: 'file' }, /--password .*told in clear/],
      [{ inviteOnly: true }, /--invite-only .*told in clear/],
      [{ allow: ['key'] }, /--allow .*prove a key/],
      [{ gateway: false }, /--no-gateway .*gateway/],
      [{ address: ['127.0.0.1'] }, /--address .*all addresses/],
    ];
    for (const [settings, message] of against) {
      assert.throws(() => checkLan({ home: '', lan: true, ...settings }), { code: 'CONFIG_INVALID', message });
      checkLan({ home: '', ...settings });
      checkLan({ home: '', lan: false, ...settings });
    }
    checkLan({ home: '', lan: true, inviteOnly: false, gateway: true });
  });
});
