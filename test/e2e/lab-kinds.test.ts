// SPDX-License-Identifier: Apache-2.0
// Each kind of network in the lab does what its row says: shown with plain sockets, which know nothing of Porthole.

import assert from 'node:assert/strict';
import type { Behaviour } from '../../transport/nat/profile.ts';
import { type Actor, actorIn } from '../lab/acting.ts';
import { KINDS, type Kind } from '../lab/kinds.ts';
import { type Lab, lacksFor, noLabReason, openLab } from '../lab/lab.ts';

/** How long silence is listened to, in milliseconds. */
const SILENCE_MS = 400;
/** How long what must come may take on a busy machine, in milliseconds. */
const COMING_MS = 5000;
/** Ports of the suite where a listener answers; nobody listens on the port after the last. */
const PORTS = [443, 4001, 4002, 4003];
const CLOSED_PORT = 4009;
/** Where the suite swallows what comes. */
const HOLE_PORT = 4010;

/** Whether another port of an address that was written to may come in, and whether another address may. */
const PASSES: Readonly<Record<Behaviour, { same: boolean; other: boolean }>> = {
  'endpoint-independent': { same: true, other: true },
  'address-dependent': { same: true, other: false },
  'address-and-port-dependent': { same: false, other: false },
};

const missing = noLabReason();
const names = Object.keys(KINDS).filter((name) => lacksFor(name) === null);
const lacking = new Set(Object.keys(KINDS).flatMap((name) => lacksFor(name) ?? []));

describe('the kinds of the lab, with plain sockets', function () {
  this.timeout(60_000);
  let lab: Lab;
  let suite: Actor;
  let first: string;
  let second: string;
  const ends = new Map<string, Actor>();
  /** The suite's listeners, by address and port. */
  const listeners = new Map<string, number>();
  let nextPort = 20_000;

  before(async function () {
    if (missing) {
      console.log(`      skipped: ${missing}`);
      return this.skip();
    }
    const others = Object.fromEntries(names.filter((name) => name !== 'home').map((name) => [name, name]));
    lab = await openLab({ host: 'home', visitor: 'same-lan', others });
    [first, second] = lab.place('suite').ipv4 as [string, string];
    suite = actorIn(lab, 'suite');
    for (const name of names) ends.set(name, actorIn(lab, name === 'home' ? 'host' : name));
    for (const ip of [first, second, lab.place('suite').ipv6[0] as string]) {
      for (const port of PORTS) {
        const { id } = await suite.open('tcp', { ip, port }, {});
        await suite.listen(id);
        listeners.set(`${ip} ${port}`, id);
      }
    }
    for (const ip of [first, second]) await suite.open('tcp', { ip, port: HOLE_PORT }, { minTtl: 255 }).then(({ id }) => suite.listen(id));
  });

  after(() => lab?.close());

  const endOf = (name: string): Actor => ends.get(name) as Actor;
  const any = (name: string, port = 0): { ip: string; port: number } => ({
    ip: lab.place(name === 'home' ? 'host' : name).ipv4[0] as string,
    port,
  });
  /** A local port nobody had before, so that no test meets what another left in a table. */
  const fresh = (): number => ++nextPort;

  /** Connects from a port of an end to the suite; returns the outside port, and both sockets. */
  async function reach(name: string, port: number, ip: string, to: number): Promise<{ outside: number; id: number; theirs: number }> {
    const end = endOf(name);
    const { id } = await end.open('tcp', any(name, port), {});
    await end.connect(id, { ip, port: to });
    assert.equal(await end.outcome(id, COMING_MS), 'open', `${name} reaches ${ip}:${to}`);
    const came = await suite.accept(listeners.get(`${ip} ${to}`) as number, COMING_MS);
    assert.ok(came, `the suite sees ${name}`);
    return { outside: came.from.port, id, theirs: came.id };
  }

  /** The outside address of an end. */
  async function outsideOf(name: string): Promise<string> {
    const end = endOf(name);
    const { id } = await end.open('tcp', any(name), {});
    await end.connect(id, { ip: first, port: 443 });
    assert.equal(await end.outcome(id, COMING_MS), 'open');
    const came = await suite.accept(listeners.get(`${first} 443`) as number, COMING_MS);
    assert.ok(came);
    await end.close(id);
    await suite.close(came.id);
    return came.from.ip;
  }

  /** The outside port that the next connection from this local port will have, where that can be known. */
  async function predicted(name: string, { truth }: Kind, port: number): Promise<number> {
    const { outside, id, theirs } = await reach(name, port, second, 443);
    await endOf(name).close(id);
    await suite.close(theirs);
    return outside + (truth.tcp?.mapping.step as number);
  }

  /** Whether the suite's SYN from an address comes in to an end's outside port. What is expected is waited for longer. */
  async function comesIn(from: { ip: string; port: number }, to: { ip: string; port: number }, expected: boolean): Promise<string> {
    const { id } = await suite.open('tcp', from, {});
    await suite.connect(id, to);
    const outcome = await suite.outcome(id, expected ? COMING_MS : SILENCE_MS);
    await suite.close(id);
    return outcome;
  }

  const only443 = (kind: Kind): boolean => kind.boxes.some(({ lets }) => lets === 'only-443');
  const strict = (kind: Kind): boolean => kind.boxes.some(({ liberal }) => !liberal);

  for (const reason of lacking) {
    it(reason, function () {
      this.skip();
    });
  }

  for (const name of names) {
    const kind = KINDS[name] as Kind;
    const { truth } = kind;
    const tcp = truth.tcp as NonNullable<typeof truth.tcp>;

    describe(name, () => {
      it(`TCP ports: ${tcp.mapping.behaviour}, step ${tcp.mapping.step}`, async () => {
        const port = fresh();
        const ports = only443(kind) ? [443] : PORTS;
        const outsides: number[] = [];
        for (const ip of [first, second]) for (const to of ports) outsides.push((await reach(name, port, ip, to)).outside);
        const gaps = outsides.slice(1).map((outside, at) => outside - (outsides[at] as number));
        if (tcp.mapping.step !== null) assert.deepEqual(new Set(gaps), new Set([tcp.mapping.step]));
        else assert.ok(new Set(gaps).size === gaps.length && gaps.some((gap) => Math.abs(gap) > 16), `gaps ${gaps}`);
      });

      const filters = async (): Promise<void> => {
        const end = endOf(name);
        const port = fresh();
        const { outside } = await reach(name, port, first, 443);
        const listener = await end.open('tcp', any(name, port), {});
        await end.listen(listener.id);
        const to = { ip: await outsideOf(name), port: outside };
        const { same, other } = PASSES[tcp.filtering as Behaviour];
        const sameAddress = await comesIn({ ip: first, port: 4900 }, to, same);
        const otherAddress = await comesIn({ ip: second, port: 4900 }, to, other);
        await end.close(listener.id);
        assert.deepEqual([sameAddress === 'open', otherAddress === 'open'], [same, other]);
      };
      if (!only443(kind)) it(`filtering: ${tcp.filtering}`, filters);

      it(`an unsolicited SYN: ${tcp.unsolicited}`, async () => {
        const to = { ip: await outsideOf(name), port: 5999 };
        const before = await suite.icmp();
        const outcome = await comesIn({ ip: first, port: 0 }, to, tcp.unsolicited !== 'silence');
        const { unreachable } = await suite.icmp();
        const said = outcome === 'pending' ? 'silence' : unreachable > before.unreachable ? 'icmp' : 'rst';
        assert.equal(said, tcp.unsolicited);
      });

      if (tcp.mapping.step !== null && tcp.hops !== undefined && !only443(kind)) {
        const { hops } = tcp;

        it(`a low TTL, then a SYN in: ${tcp.timeExceededCloses || !tcp.synOutSynIn ? 'refused' : 'comes in'}`, async () => {
          const end = endOf(name);
          const ip = await outsideOf(name);
          const port = fresh();
          const outside = await predicted(name, kind, port);
          const before = await end.icmp();
          const primed = await end.open('tcp', any(name, port), { ttl: hops + 1, minTtl: 255 });
          await end.connect(primed.id, { ip: first, port: 4901 });
          let { timeExceeded } = before;
          for (let wait = 0; wait < 100 && timeExceeded === before.timeExceeded; wait++) {
            assert.equal(await end.outcome(primed.id, 20), 'pending');
            ({ timeExceeded } = await end.icmp());
          }
          assert.ok(timeExceeded > before.timeExceeded, 'the provider answers Time Exceeded');
          await end.set(primed.id, { ttl: 64, minTtl: 0 });
          const comes = !tcp.timeExceededCloses && tcp.synOutSynIn === true;
          const outcome = await comesIn({ ip: first, port: 4901 }, { ip, port: outside }, comes);
          assert.equal(outcome === 'open', comes);
          await end.close(primed.id);
        });

        it(`a swallowed SYN, then a SYN in: ${tcp.synOutSynIn ? 'comes in' : 'refused'}`, async () => {
          const end = endOf(name);
          const ip = await outsideOf(name);
          const port = fresh();
          const outside = await predicted(name, kind, port);
          const primed = await end.open('tcp', any(name, port), {});
          await end.connect(primed.id, { ip: first, port: HOLE_PORT });
          assert.equal(await end.outcome(primed.id, 50), 'pending');
          const outcome = await comesIn({ ip: first, port: HOLE_PORT }, { ip, port: outside }, tcp.synOutSynIn === true);
          assert.equal(outcome === 'open', tcp.synOutSynIn);
          await end.close(primed.id);
        });

        it(`a swallowed SYN, cancelled, then a SYN in to a listener: ${strict(kind) ? 'refused' : 'comes in'}`, async () => {
          const end = endOf(name);
          const ip = await outsideOf(name);
          const port = fresh();
          const outside = await predicted(name, kind, port);
          const primed = await end.open('tcp', any(name, port), {});
          await end.connect(primed.id, { ip: second, port: HOLE_PORT });
          assert.equal(await end.outcome(primed.id, 50), 'pending');
          await end.close(primed.id);
          const listener = await end.open('tcp', any(name, port), {});
          await end.listen(listener.id);
          const outcome = await comesIn({ ip: second, port: HOLE_PORT }, { ip, port: outside }, tcp.freshSequence === true);
          assert.equal(outcome === 'open', tcp.freshSequence);
          await end.close(listener.id);
        });

        it(`a SYN answered with RST, then a SYN in: ${tcp.resetCloses ? 'refused' : 'comes in'}`, async () => {
          const end = endOf(name);
          const ip = await outsideOf(name);
          const port = fresh();
          const outside = await predicted(name, kind, port);
          const refused = await end.open('tcp', any(name, port), {});
          await end.connect(refused.id, { ip: first, port: CLOSED_PORT });
          assert.equal(await end.outcome(refused.id, COMING_MS), 'ECONNREFUSED');
          await end.close(refused.id);
          const listener = await end.open('tcp', any(name, port), {});
          await end.listen(listener.id);
          const outcome = await comesIn({ ip: first, port: CLOSED_PORT }, { ip, port: outside }, tcp.resetCloses === false);
          assert.equal(outcome === 'open', !tcp.resetCloses);
          await end.close(listener.id);
        });
      }

      if (tcp.hops !== undefined && !only443(kind)) {
        it(`${tcp.hops} hops to the outermost NAT`, async () => {
          const end = endOf(name);
          const reaches = async (ttl: number): Promise<string> => {
            const { id } = await end.open('tcp', any(name), { ttl });
            await end.connect(id, { ip: first, port: 4001 });
            const outcome = await end.outcome(id, COMING_MS);
            if (outcome === 'open') await suite.accept(listeners.get(`${first} 4001`) as number, COMING_MS);
            await end.close(id);
            return outcome;
          };
          const outcomes: string[] = [];
          for (let ttl = 1; outcomes.at(-1) !== 'open' && ttl < 9; ttl++) outcomes.push(await reaches(ttl));
          // Each NAT, the provider, and then the suite.
          assert.deepEqual(outcomes, [...Array<string>((tcp.hops as number) + 1).fill('EHOSTUNREACH'), 'open']);
        });
      }

      if (tcp.hairpin !== undefined) {
        it(`hairpin: ${tcp.hairpin ? 'yes' : 'no'}`, async () => {
          const end = endOf(name);
          const port = fresh();
          const ip = await outsideOf(name);
          const { outside } = await reach(name, port, first, 443);
          const listener = await end.open('tcp', any(name, port), {});
          await end.listen(listener.id);
          const caller = await end.open('tcp', any(name), {});
          await end.connect(caller.id, { ip, port: outside });
          const outcome = await end.outcome(caller.id, tcp.hairpin ? COMING_MS : SILENCE_MS);
          assert.equal(outcome === 'open', tcp.hairpin, outcome);
          if (tcp.hairpin) assert.equal((await end.accept(listener.id, COMING_MS))?.from.ip, ip, 'seen from the outside address');
          await end.close(listener.id);
        });
      }

      it(
        truth.udp ? `UDP ports: ${truth.udp.mapping.behaviour}, step ${truth.udp.mapping.step}; ${truth.udp.filtering}` : 'UDP: blocked',
        async () => {
          const end = endOf(name);
          const mine = await end.open('udp', any(name, fresh()), {});
          const outsides: number[] = [];
          let outer = '';
          for (const [ip, at] of [
            [first, 6001],
            [first, 6002],
            [second, 6001],
            [second, 6002],
          ] as const) {
            const theirs = await suite.open('udp', { ip, port: at }, {});
            await end.send(mine.id, 'hello', { ip, port: at });
            const came = await suite.receive(theirs.id, truth.udp ? COMING_MS : SILENCE_MS / 2);
            if (came?.from) {
              outsides.push(came.from.port);
              outer = came.from.ip;
            }
            await suite.close(theirs.id);
          }
          if (!truth.udp) return assert.deepEqual(outsides, []);
          assert.equal(outsides.length, 4);
          const { step } = truth.udp.mapping;
          const gaps = outsides.slice(1).map((outside, at) => outside - (outsides[at] as number));
          if (step !== null) assert.deepEqual(new Set(gaps), new Set([step]));
          else assert.equal(new Set(gaps).size, gaps.length);

          const other = await end.open('udp', any(name, fresh()), {});
          const known = await suite.open('udp', { ip: first, port: 6003 }, {});
          await end.send(other.id, 'hello', { ip: first, port: 6003 });
          const to = (await suite.receive(known.id, COMING_MS))?.from as { ip: string; port: number };
          assert.equal(to.ip, outer);
          const { same, other: others } = PASSES[truth.udp.filtering as Behaviour];
          const passes: boolean[] = [];
          for (const [ip, expected] of [
            [first, same],
            [second, others],
          ] as const) {
            const stranger = await suite.open('udp', { ip, port: 6004 }, {});
            await suite.send(stranger.id, 'from another', to);
            passes.push((await end.receive(other.id, expected ? COMING_MS : SILENCE_MS / 2)) !== null);
            await suite.close(stranger.id);
          }
          assert.deepEqual(passes, [same, others]);
          await suite.close(known.id);
        },
      );

      it(truth.ipv6 ? 'IPv6: goes out, and nothing comes in unasked' : 'IPv6: none', async () => {
        const end = endOf(name);
        const own = lab.place(name === 'home' ? 'host' : name).ipv6[0];
        assert.equal(own !== undefined, truth.ipv6);
        if (!own) return;
        const six = lab.place('suite').ipv6[0] as string;
        const port = fresh();
        const { id } = await end.open('tcp', { ip: own, port }, {});
        await end.connect(id, { ip: six, port: 443 });
        assert.equal(await end.outcome(id, COMING_MS), 'open');
        const came = await suite.accept(listeners.get(`${six} 443`) as number, COMING_MS);
        assert.deepEqual(came?.from, { ip: own, port }, 'not translated');
        const listener = await end.open('tcp', { ip: own, port }, {});
        await end.listen(listener.id);
        assert.notEqual(await comesIn({ ip: six, port: 4900 }, { ip: own, port }, false), 'open');
      });

      if (truth.mapsPorts) {
        it('a port mapped on request (NAT-PMP) lets anybody in', async () => {
          const end = endOf(name);
          const port = fresh();
          const listener = await end.open('tcp', any(name, port), {});
          await end.listen(listener.id);
          const to = { ip: await outsideOf(name), port };
          assert.notEqual(await comesIn({ ip: second, port: 0 }, to, false), 'open');
          const asking = await end.open('udp', any(name), {});
          // RFC 6886 section 3.3: version 0, map TCP, the inside port, the same outside, for an hour.
          const request = Buffer.from([0, 2, 0, 0, port >> 8, port & 255, port >> 8, port & 255, 0, 0, 14, 16]);
          await end.send(asking.id, request.toString('latin1'), { ip: '192.168.1.1', port: 5351 });
          const answer = Buffer.from((await end.receive(asking.id, COMING_MS))?.text ?? '', 'latin1');
          assert.deepEqual([answer[1], answer.readUInt16BE(2), answer.readUInt16BE(10)], [130, 0, port]);
          assert.equal(await comesIn({ ip: second, port: 0 }, to, true), 'open');
        });
      }

      if (only443(kind)) {
        it('no port but 443 goes out', async () => {
          const end = endOf(name);
          const { id } = await end.open('tcp', any(name), {});
          await end.connect(id, { ip: first, port: 4001 });
          assert.equal(await end.outcome(id, SILENCE_MS), 'pending');
        });
      }
    });
  }
});
