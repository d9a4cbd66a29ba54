// SPDX-License-Identifier: Apache-2.0
// The bytes and numbers that go to the system, checked against a C library that only takes notes: macOS's and Linux's.

import assert from 'node:assert/strict';
import { FfiSockets } from '../../../transport/nat/sockets/ffi.ts';
import { CONSTANTS, type Koffi, System } from '../../../transport/nat/sockets/system.ts';

/** A koffi whose C library writes down its calls, and fails at `fails` with EMFILE. */
function noting(calls: unknown[][], fails?: string): Koffi {
  const func = (definition: string) => {
    const name = /(\w+)\(/.exec(definition)?.[1];
    return (...args: unknown[]): number | string => {
      calls.push([name, ...args.map((arg) => (Buffer.isBuffer(arg) ? arg.toString('hex') : arg))]);
      if (name === fails) return -1;
      if (name === 'socket') return 1000;
      if (name === 'inet_pton') (args[2] as Buffer).fill(0xaa, 0, args[0] === 2 ? 4 : 16);
      return name === 'inet_pton' ? 1 : name === 'inet_ntop' ? 'its text' : 0;
    };
  };
  const koffi = { load: () => ({ func }), errno: () => 24 };
  return koffi as unknown as Koffi;
}

function bind(platform: 'linux' | 'darwin', ip: string, fails?: string): { calls: unknown[][]; thrown: unknown } {
  const calls: unknown[][] = [];
  const constants = CONSTANTS[platform];
  assert.ok(constants);
  const sockets = new FfiSockets(new System(noting(calls, fails), constants), 'a test');
  let thrown: unknown = null;
  try {
    sockets.bind({ ip, port: 0x1234 }, { ttl: 3 });
  } catch (error) {
    thrown = error;
  }
  return { calls: calls.filter(([name]) => !String(name).startsWith('inet_')), thrown };
}

describe('sockets: what goes to the system', () => {
  it('on Linux, IPv4', () => {
    const { calls } = bind('linux', '192.0.2.1');
    assert.deepEqual(calls, [
      ['socket', 2, 0o2004001, 0],
      ['setsockopt', 1000, 1, 2, '01000000', 4],
      ['setsockopt', 1000, 1, 15, '01000000', 4],
      ['bind', 1000, '02001234aaaaaaaa0000000000000000', 16],
      ['getsockname', 1000, '00'.repeat(16), '10000000'],
      ['setsockopt', 1000, 0, 2, '03000000', 4],
    ]);
  });

  it('on Linux, IPv6', () => {
    const { calls } = bind('linux', '2001:db8::1');
    assert.deepEqual(calls, [
      ['socket', 10, 0o2004001, 0],
      ['setsockopt', 1000, 41, 26, '01000000', 4],
      ['setsockopt', 1000, 1, 2, '01000000', 4],
      ['setsockopt', 1000, 1, 15, '01000000', 4],
      ['bind', 1000, `0a00123400000000${'aa'.repeat(16)}00000000`, 28],
      ['getsockname', 1000, '00'.repeat(28), '1c000000'],
      ['setsockopt', 1000, 41, 16, '03000000', 4],
    ]);
  });

  it('on macOS, IPv4: a length in the address, and a call that keeps it from child processes', () => {
    const { calls } = bind('darwin', '192.0.2.1');
    assert.deepEqual(calls, [
      ['socket', 2, 1, 0],
      ['fcntl', 1000, 2, 'int', 1],
      ['setsockopt', 1000, 0xffff, 4, '01000000', 4],
      ['setsockopt', 1000, 0xffff, 0x200, '01000000', 4],
      ['bind', 1000, '10021234aaaaaaaa0000000000000000', 16],
      ['getsockname', 1000, '00'.repeat(16), '10000000'],
      ['setsockopt', 1000, 0, 4, '03000000', 4],
    ]);
  });

  it('on macOS, IPv6', () => {
    const { calls } = bind('darwin', '2001:db8::1');
    assert.deepEqual(calls.slice(0, 3), [
      ['socket', 30, 1, 0],
      ['fcntl', 1000, 2, 'int', 1],
      ['setsockopt', 1000, 41, 27, '01000000', 4],
    ]);
    assert.deepEqual(calls.at(-1), ['setsockopt', 1000, 41, 4, '03000000', 4]);
    assert.deepEqual(calls[5], ['bind', 1000, `1c1e123400000000${'aa'.repeat(16)}00000000`, 28]);
  });

  it('macOS has a TTL, and no lowest one', () => {
    const constants = CONSTANTS.darwin;
    assert.ok(constants);
    const sockets = new FfiSockets(new System(noting([]), constants), 'a test');
    assert.deepEqual([...sockets.can], ['ttl']);
    const bound = sockets.bind({ ip: '192.0.2.1', port: 0 });
    for (const options of [{ minTtl: 255 }, { minTtl: 0 }]) assert.throws(() => bound.set(options), { code: 'SOCKETS_UNFIT' });
  });

  it('closes what it opened when a later call fails, and tells the system’s words', () => {
    for (const fails of ['fcntl', 'setsockopt', 'bind', 'getsockname']) {
      const { calls, thrown } = bind('darwin', '2001:db8::1', fails);
      assert.deepEqual(calls.at(-1), ['close', 1000]);
      assert.equal(calls.filter(([name]) => name === 'close').length, 1);
      assert.match(String(thrown), new RegExp(`${fails} EMFILE: too many open files`));
      assert.equal((thrown as { code?: unknown }).code, 'SOCKET_FAILED');
    }
    const { calls, thrown } = bind('darwin', '2001:db8::1', 'socket');
    assert.deepEqual(calls, [['socket', 30, 1, 0]]);
    assert.match(String(thrown), /socket EMFILE/);
  });
});
