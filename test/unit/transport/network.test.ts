// SPDX-License-Identifier: Apache-2.0
// Watching the network: addresses and sleep in Node; the browser's events, gathered, in a page.

import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo } from 'node:os';
import { LOOK_MS, type NetworkWatch } from '../../../transport/system/network.ts';
import { GATHER_MS, HIDDEN_MS, PAGE_SLEEP_MS, watchPageNetwork } from '../../../transport/system/network-browser.ts';
import { NODE_SLEEP_MS, watchNodeNetwork } from '../../../transport/system/network-node.ts';
import { type FakeClock, fakeClock } from '../../support/clock.ts';

let clock: FakeClock;
let asleep: number; // milliseconds slept so far: the clock stands still, the time of day goes on
let told: string[];
let stop: () => void;
const wall = (): number => clock.now() + asleep;

const begin = (watch: NetworkWatch): void => {
  stop = watch((reason) => told.push(reason));
};
beforeEach(() => {
  clock = fakeClock();
  asleep = 0;
  told = [];
});

describe('the network of a Node end', () => {
  let interfaces: Record<string, NetworkInterfaceInfo[]>;
  const address = (address: string, internal = false) => ({ address, internal }) as NetworkInterfaceInfo;

  beforeEach(() => {
    interfaces = { lo: [address('127.0.0.1', true)], eth0: [address('192.0.2.1')] };
    begin(watchNodeNetwork({ clock, wall, interfaces: () => interfaces }));
  });
  afterEach(() => stop());

  it('tells an address that comes, one that goes, and one that takes the place of another; once each', () => {
    clock.advance(LOOK_MS * 10);
    assert.deepEqual(told, []);
    interfaces = { ...interfaces, wlan0: [address('198.51.100.1')] };
    clock.advance(LOOK_MS * 3);
    interfaces = { lo: interfaces.lo ?? [], wlan0: interfaces.wlan0 ?? [] };
    clock.advance(LOOK_MS * 3);
    interfaces = { ...interfaces, wlan0: [address('198.51.100.2')] };
    clock.advance(LOOK_MS * 3);
    assert.deepEqual(told, [
      'the network changed: a new address on wlan0',
      'the network changed: an address of eth0 is gone',
      'the network changed: a new address on wlan0',
    ]);
  });

  it('does not tell of addresses within the machine, nor of the order of any', () => {
    interfaces = { eth0: interfaces.eth0 ?? [], lo: [address('127.0.0.1', true), address('127.0.0.2', true)] };
    clock.advance(LOOK_MS);
    assert.deepEqual(told, []);
  });

  it('tells that the machine slept, not that it was busy', () => {
    asleep += NODE_SLEEP_MS;
    clock.advance(LOOK_MS);
    assert.deepEqual(told, []);
    asleep += NODE_SLEEP_MS + 1;
    clock.advance(LOOK_MS * 2);
    assert.deepEqual(told, ['this computer slept']);
  });

  it('ends', () => {
    stop();
    interfaces = {};
    clock.advance(LOOK_MS * 10);
    assert.deepEqual(told, []);
  });

  it('reads the addresses of this machine, which stay as they are', () => {
    stop();
    begin(watchNodeNetwork({ clock }));
    clock.advance(LOOK_MS * 2);
    assert.deepEqual(told, []);
  });
});

describe('the network of a page', () => {
  let window: EventTarget;
  let document: EventTarget & { visibilityState: string };
  let connection: EventTarget;

  beforeEach(() => {
    window = new EventTarget();
    document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
    connection = new EventTarget();
    begin(watchPageNetwork({ source: { window, document, connection }, clock, wall }));
  });
  afterEach(() => stop());

  const show = (visibilityState: string): void => {
    document.visibilityState = visibilityState;
    document.dispatchEvent(new Event('visibilitychange'));
  };

  it('tells what the browser does', () => {
    for (const [target, type] of [
      [window, 'offline'],
      [window, 'online'],
      [connection, 'change'],
    ] as const) {
      target.dispatchEvent(new Event(type));
      clock.advance(GATHER_MS);
    }
    assert.deepEqual(told, ['the browser went offline', 'the browser is online again', 'the network changed']);
  });

  it('tells several events at once as one change, the last', () => {
    window.dispatchEvent(new Event('offline'));
    connection.dispatchEvent(new Event('change'));
    clock.advance(GATHER_MS - 1);
    window.dispatchEvent(new Event('online'));
    clock.advance(GATHER_MS * 3);
    assert.deepEqual(told, ['the browser is online again']);
  });

  it('tells that a page is looked at again which was hidden long', () => {
    show('hidden');
    asleep += HIDDEN_MS - 1;
    show('visible');
    show('hidden');
    asleep += HIDDEN_MS;
    show('visible');
    clock.advance(GATHER_MS * 2);
    assert.deepEqual(told, ['the page is looked at again']);
  });

  it('tells that the machine slept, not that timers were held back', () => {
    asleep += PAGE_SLEEP_MS;
    clock.advance(LOOK_MS);
    asleep += PAGE_SLEEP_MS + 1;
    clock.advance(LOOK_MS + GATHER_MS);
    assert.deepEqual(told, ['this computer slept']);
  });

  it('ends, with what it has gathered', () => {
    window.dispatchEvent(new Event('online'));
    stop();
    connection.dispatchEvent(new Event('change'));
    clock.advance(LOOK_MS * 10);
    assert.deepEqual(told, []);
  });

  it('does without what a browser does not have', () => {
    stop();
    begin(watchPageNetwork({ source: { window, document }, clock, wall }));
    window.dispatchEvent(new Event('online'));
    clock.advance(GATHER_MS);
    assert.deepEqual(told, ['the browser is online again']);
  });
});
