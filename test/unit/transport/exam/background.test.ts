// SPDX-License-Identifier: Apache-2.0
// Examining in the background: once for each network, from the file where that is known, again when it changes, and told to the suite.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PortholeError } from '../../../../proto/errors.ts';
import { backgroundExaminer, HOLDS_MS, MAX_NETWORKS, networkName, recall, remember } from '../../../../transport/nat/exam/background.ts';
import { OwnNat } from '../../../../transport/nat/exam/own-nat.ts';
import type { NatProfile } from '../../../../transport/nat/profile.ts';
import type { Greeting, Rendezvous } from '../../../../transport/rendezvous/client.ts';
import { fakeClock } from '../../../support/clock.ts';

const FOUND: NatProfile = { behindNat: true, tcp: { mapping: { behaviour: 'endpoint-independent', step: 0 }, hops: 1 }, udp: null };
const greeting = (ip: string, stunTcp = [{ ip: '192.0.2.1', port: 1 }]): Greeting =>
  ({ observed: { ip, port: 5 }, stunTcp }) as unknown as Greeting;

describe('what is known of networks', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'porthole-networks-'));
    file = join(folder, 'networks.json');
  });
  afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 })); // a finding may still be on its way into the file

  it('is kept for each network, for so long, and for so many', async () => {
    const name = networkName(['192.168.1.7', 'fe80::1'], '203.0.113.7');
    assert.equal(name, networkName(['fe80::1', '192.168.1.7'], '203.0.113.7'));
    assert.notEqual(name, networkName(['192.168.1.7', 'fe80::1'], '203.0.113.8'));
    assert.equal(await recall(file, name, 1000), null);
    await remember(file, name, 1000, FOUND);
    assert.deepEqual(await recall(file, name, 1000 + HOLDS_MS - 1), FOUND);
    assert.equal(await recall(file, name, 1000 + HOLDS_MS), null);
    assert.equal(await recall(file, name, 999), null, 'a clock that was set back');
    for (let others = 0; others < MAX_NETWORKS - 1; others++) await remember(file, `other ${others}`, 2000, FOUND);
    assert.deepEqual(await recall(file, name, 2000), FOUND);
    await remember(file, 'one more', 2000, FOUND);
    assert.equal(await recall(file, name, 2000), null);
  });

  it('is nothing where the file is none, or hurt', async () => {
    for (const text of ['', '{', '7', '[null, {}, {"network": "n", "at": 5}]', '{"network": "n"}']) {
      await writeFile(file, text);
      assert.equal(await recall(file, 'n', 5), null, text);
    }
    await remember(file, 'n', 5, FOUND);
    assert.deepEqual(await recall(file, 'n', 5), FOUND);
    assert.equal((JSON.parse(await readFile(file, 'utf8')) as unknown[]).length, 1, 'what was hurt is gone');
  });

  /** An end with an examiner of its own; `take` is what a run finds. */
  function end(take: () => Promise<NatProfile>, addresses = ['192.168.1.7']) {
    const clock = fakeClock();
    const calls = { come: 0, open: 0 };
    const failures: string[] = [];
    const told: unknown[] = [];
    const changes: (() => void)[] = [];
    let runs = 0;
    const examine = backgroundExaminer({
      file,
      network: (changed) => {
        const listener = () => changed('');
        changes.push(listener);
        return () => void changes.splice(changes.indexOf(listener), 1);
      },
      take: () => {
        runs++;
        return take();
      },
      addresses: () => addresses,
      clock,
      wall: () => 1000,
      random: () => 0,
    });
    const rendezvous = {
      greeting: greeting('203.0.113.7') as Greeting | null,
      tell: (name: string) => told.push(name),
      ask: async () => assert.fail(),
    };
    const nat = new OwnNat({
      rendezvous: rendezvous as unknown as Rendezvous,
      examine,
      calls: () => ({ ...calls }),
      onFailed: ({ code }) => failures.push(code),
    });
    return { calls, failures, clock, told, changes, addresses, rendezvous, nat, runs: () => runs };
  }

  const settled = async (check: () => boolean): Promise<void> => {
    for (let turns = 0; turns < 500 && !check(); turns++) await new Promise((resolve) => setTimeout(resolve, 1));
    assert.ok(check());
  };

  it('is told as soon as it is found, once; and by another process at once', async () => {
    const first = end(async () => FOUND);
    assert.deepEqual(first.nat.profile, { observed: { ip: '203.0.113.7', port: 5 } });
    first.nat.examine();
    first.nat.examine();
    await settled(() => first.told.length === 1);
    assert.deepEqual([first.told, first.runs()], [['Examined'], 1]);
    assert.deepEqual(first.nat.profile, { ...FOUND, observed: { ip: '203.0.113.7', port: 5 } });
    let written = false;
    for (let turns = 0; turns < 500 && !written; turns++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      written = (await recall(file, networkName(['192.168.1.7'], '203.0.113.7'), 1000)) !== null;
    }
    assert.ok(written);
    const second = end(async () => assert.fail('it is known'));
    second.nat.examine();
    await settled(() => second.told.length === 1);
    assert.equal(second.nat.profile.tcp?.hops, 1);
    first.nat.close();
    second.nat.close();
    assert.deepEqual([first.changes, second.changes], [[], []], 'nobody watches any more');
  });

  it('waits with exams until they are due, and not with what is known', async () => {
    const { promise: due, resolve } = Promise.withResolvers<void>();
    const first = end(async () => FOUND);
    first.nat.examine(due);
    await new Promise((turn) => setTimeout(turn, 20));
    assert.equal(first.runs(), 0);
    resolve();
    await settled(() => first.told.length === 1);
    const name = networkName(['192.168.1.7'], '203.0.113.7');
    for (let turns = 0; turns < 500 && !(await recall(file, name, 1000)); turns++) await new Promise((turn) => setTimeout(turn, 1));
    const second = end(async () => assert.fail('it is known'));
    second.nat.examine(new Promise(() => {}));
    await settled(() => second.told.length === 1);
    const third = end(async () => assert.fail('it was not due'), ['10.0.0.9']);
    third.nat.examine(new Promise(() => {}));
    for (const one of [first, second, third]) one.nat.close();
  });

  it('is found again when the network changes, and not when only the watch stirs', async () => {
    const one = end(async () => FOUND);
    one.nat.examine();
    await settled(() => one.told.length === 1);
    one.changes[0]?.();
    one.clock.advance(1000);
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(one.runs(), 1);
    one.addresses[0] = '10.0.0.7';
    one.changes[0]?.();
    one.clock.advance(1000);
    await settled(() => one.runs() === 2 && one.told.length === 2);
    one.rendezvous.greeting = greeting('203.0.113.99');
    one.nat.examine();
    assert.equal(one.nat.profile.tcp, undefined, 'what was true elsewhere is not said here');
    await settled(() => one.runs() === 3);
    one.nat.close();
  });

  it('waits for a suite that is busy, gives up on one that refuses, and asks none that offers nothing', async () => {
    const answers: (() => Promise<NatProfile>)[] = [() => Promise.reject(new PortholeError('RATE_LIMITED')), () => Promise.resolve(FOUND)];
    const busy = end(() => (answers.shift() as () => Promise<NatProfile>)());
    busy.nat.examine();
    await settled(() => busy.runs() === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    busy.clock.advance(2000);
    await settled(() => busy.told.length === 1);
    const refused = end(() => Promise.reject(new PortholeError('NOT_ALLOWED')), ['10.1.1.1']);
    refused.nat.examine();
    await settled(() => refused.runs() === 1);
    const poor = end(async () => FOUND, ['10.1.1.2']);
    poor.rendezvous.greeting = greeting('203.0.113.7', []);
    poor.nat.examine();
    await new Promise((resolve) => setTimeout(resolve, 20));
    refused.clock.advance(60_000);
    assert.deepEqual([refused.runs(), refused.told, poor.runs()], [1, [], 0]);
    for (const { nat } of [busy, refused, poor]) nat.close();
  });

  it('is not remembered when a call came meanwhile, or was under way', async () => {
    const name = networkName(['192.168.1.7'], '203.0.113.7');
    for (const disturb of [(calls: { come: number }) => calls.come++, (calls: { open: number }) => calls.open++]) {
      const one = end(async () => {
        disturb(one.calls);
        return FOUND;
      });
      if (disturb(one.calls) === 0) disturb(one.calls);
      one.nat.examine();
      await settled(() => one.told.length === 1);
      assert.equal(one.nat.profile.tcp?.hops, 1, 'it is good enough for now');
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.equal(await recall(file, name, 1000), null);
      one.nat.close();
    }
    const quiet = end(async () => FOUND);
    quiet.calls.come = 7;
    quiet.nat.examine();
    await settled(() => quiet.told.length === 1);
    for (let turns = 0; turns < 500 && !(await recall(file, name, 1000)); turns++) await new Promise((turn) => setTimeout(turn, 1));
    assert.ok(await recall(file, name, 1000));
    quiet.nat.close();
  });

  it('is tried again by a machine that is short of sockets, which says so', async () => {
    const answers: (() => Promise<NatProfile>)[] = [
      () => Promise.reject(new PortholeError('SOCKET_FAILED', 'socket EMFILE')),
      () => Promise.resolve(FOUND),
    ];
    const short = end(() => (answers.shift() as () => Promise<NatProfile>)());
    short.nat.examine();
    await settled(() => short.failures.length === 1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    short.clock.advance(2000);
    await settled(() => short.told.length === 1);
    assert.deepEqual([short.failures, short.runs()], [['SOCKET_FAILED'], 2]);
    short.nat.close();
  });
});
