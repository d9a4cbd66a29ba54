// SPDX-License-Identifier: Apache-2.0
// The plan of a punch: which techniques between two networks, in which order, and who opens.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { NatProfile, TcpProfile } from '../../../../transport/nat/profile.ts';
import { MAX_ROUNDS } from '../../../../transport/nat/punch/limits.ts';
import { chances, plan } from '../../../../transport/nat/punch/plan.ts';
import { KINDS, type Truth } from '../../../lab/kinds.ts';

const VISITOR = { ip: '192.0.2.1', port: 1 };
const HOST = { ip: '198.51.100.1', port: 1 };
const ONE = { mapping: { behaviour: 'endpoint-independent', step: 0 } } as const;
const SERIES = { mapping: { behaviour: 'address-and-port-dependent', step: 2 } } as const;
const CHANCE = { mapping: { behaviour: 'address-and-port-dependent', step: null } } as const;

const BOTH_768 = ['birthday callee low 768', 'birthday caller low 768'] as const;

const visitor = (tcp?: TcpProfile): NatProfile => ({ observed: VISITOR, behindNat: true, ...(tcp && { tcp }) });
const host = (tcp?: TcpProfile): NatProfile => ({ observed: HOST, behindNat: true, ...(tcp && { tcp }) });
/** The first rounds, in short. */
function first(v: TcpProfile | undefined, h: TcpProfile | undefined, count = 1): string[] {
  const steps = plan(visitor(v), host(h), 'caller').slice(0, count);
  return steps.map(({ technique, opener, ttl, sockets }) => [technique, opener, ttl, ...(sockets > 1 ? [sockets] : [])].join(' '));
}

describe('punch plan', () => {
  it('not examined: taken to be as most are, and every retry is another technique or another opener', () => {
    assert.deepEqual(first(undefined, undefined, 11), [
      'guarded callee low',
      'guarded caller low',
      'simultaneous callee crossing',
      'low-ttl-listen callee low',
      'low-ttl-listen caller low',
      'guarded callee far',
      'guarded caller far',
      'mapped callee full',
      'mapped caller full',
    ]);
    assert.deepEqual(chances(visitor(), host(), 'caller').chance, 'possible');
    assert.deepEqual(chances(visitor(ONE), host(ONE), 'caller').chance, 'likely');
  });

  const TABLE: readonly (readonly [name: string, visitor: TcpProfile, host: TcpProfile, expected: readonly string[]])[] = [
    ['both one port: the host opens', ONE, ONE, ['guarded callee low']],
    ['a Time Exceeded closes the host’s: the visitor opens', ONE, { ...ONE, timeExceededCloses: true }, ['guarded caller low']],
    [
      'a Time Exceeded closes both, both are silent: the SYN may arrive',
      { ...ONE, timeExceededCloses: true, unsolicited: 'silence' },
      { ...ONE, timeExceededCloses: true, unsolicited: 'silence' },
      ['guarded callee full', 'guarded caller full'],
    ],
    [
      'a Time Exceeded closes both, both answer RST: only at the same moment',
      { ...ONE, timeExceededCloses: true, unsolicited: 'rst' },
      { ...ONE, timeExceededCloses: true, unsolicited: 'rst' },
      ['simultaneous callee crossing'],
    ],
    [
      'RST does not close the host’s: its SYN may meet one',
      { ...ONE, unsolicited: 'rst', timeExceededCloses: true },
      { ...ONE, timeExceededCloses: true, resetCloses: false },
      ['guarded callee full'],
    ],
    ['no SYN comes in at the host', ONE, { ...ONE, synOutSynIn: false }, ['guarded caller low']],
    ['a series at the visitor: the host opens', SERIES, ONE, ['predicted callee low 8']],
    ['a series at the host: the visitor opens', ONE, SERIES, ['predicted caller low 8']],
    ['a series at both', SERIES, SERIES, ['predicted callee low 8', 'predicted caller low 8']],
    ['no pattern at the visitor', CHANCE, ONE, ['birthday callee low 64', 'birthday callee low 256', 'birthday callee low 768']],
    [
      'no pattern at the visitor, whose RST closes the host’s, as does a Time Exceeded',
      { ...CHANCE, unsolicited: 'rst' },
      { ...ONE, timeExceededCloses: true },
      ['birthday caller low 64', 'birthday caller low 256', 'birthday caller low 768'],
    ],
    [
      'no pattern at the visitor, of whom no more is known; a Time Exceeded closes the host’s: both ways to send',
      CHANCE,
      { ...ONE, timeExceededCloses: true },
      ['birthday callee full 64', 'birthday callee crossing 256', 'birthday callee full 768', 'birthday caller low 768'],
    ],
    [
      'no pattern at the visitor, which lets no SYN in and answers RST: only at the same moment',
      { ...CHANCE, unsolicited: 'rst', synOutSynIn: false },
      { ...ONE, timeExceededCloses: true },
      ['birthday callee crossing 64'],
    ],
    [
      'no pattern at the visitor, which answers RST and may let no SYN in: both ways',
      { ...CHANCE, unsolicited: 'rst' },
      { ...ONE, timeExceededCloses: true, resetCloses: true },
      [
        'birthday caller low 64',
        'birthday caller low 256',
        'birthday caller low 768',
        'birthday callee crossing 256',
        'birthday callee crossing 768',
      ],
    ],
    [
      'no pattern at the host, and no SYN comes in at the visitor: the host opens',
      { ...ONE, synOutSynIn: false },
      CHANCE,
      ['birthday callee low 64', 'birthday callee low 256', 'birthday callee low 768'],
    ],
    [
      'nobody has counted the NATs of the visitor, and the host’s is silent: the SYN may arrive',
      ONE,
      { ...CHANCE, unsolicited: 'silence', hops: 1 },
      ['birthday caller full 64'],
    ],
    ['no pattern at the host', ONE, CHANCE, ['birthday caller low 64', 'birthday caller low 256', 'birthday caller low 768']],
    [
      'no pattern at the visitor, and the host’s lets in its every port',
      CHANCE,
      { ...ONE, filtering: 'address-dependent' },
      ['low-ttl-listen callee low', 'birthday callee low 64'],
    ],
    [
      'no pattern at either, and the host’s lets in all',
      CHANCE,
      { ...CHANCE, filtering: 'endpoint-independent' },
      ['low-ttl-listen callee low'],
    ],
    ['no pattern at either: low ports, or a port of a router', CHANCE, CHANCE, [...BOTH_768, 'mapped callee full', 'mapped caller full']],
    ['no pattern at the visitor, a series at the host', CHANCE, SERIES, ['birthday callee low 400', 'birthday callee low 768']],
    ['no pattern at the host, a series at the visitor', SERIES, CHANCE, ['birthday caller low 400', 'birthday caller low 768']],
    ['behind two NATs at one end, none maps', { ...CHANCE, hops: 2 }, { ...CHANCE, hops: 1 }, [...BOTH_768, 'mapped callee full']],
  ];
  for (const [name, v, h, expected] of TABLE)
    it(name, () => {
      assert.deepEqual(first(v, h, expected.length), expected);
    });

  it('no chance is said with the reason', () => {
    const twice = { ...CHANCE, hops: 2, synOutSynIn: false };
    assert.deepEqual(plan(visitor(twice), host(twice), 'caller'), []);
    const verdict = chances(visitor(twice), host(twice), 'caller');
    assert.equal(verdict.chance, 'no');
    assert.match(verdict.reason, /neither NAT lets one in/);
    const v6only = chances(visitor(), { observed: { ip: '2001:db8::1', port: 1 } }, 'caller');
    assert.equal(v6only.chance, 'no');
    assert.match(v6only.reason, /IPv6 only/);
  });

  it('one network, or an end that may be reached as it is, has a chance whatever its NAT does', () => {
    assert.equal(chances(visitor(CHANCE), visitor(CHANCE), 'caller').chance, 'likely');
    assert.equal(chances(visitor(CHANCE), { observed: HOST, behindNat: false, tcp: CHANCE }, 'caller').chance, 'possible');
  });

  it('an end that is observed over IPv6 has its NAT over IPv4 all the same', () => {
    const end = (host: number): NatProfile => ({
      ...{ observed: { ip: `2001:db8::${host}`, port: 1 }, ipv4: { ip: `203.0.113.${host}`, port: 1 } },
      ...{ behindNat: true, tcp: CHANCE, ipv6Unsolicited: 'rst' },
    });
    const steps = plan(end(1), { ...end(2), tcp: ONE }, 'caller');
    const techniques = (family: 4 | 6): string[] => steps.filter((one) => one.family === family).map(({ technique }) => technique);
    assert.equal(techniques(6)[0], 'guarded');
    assert.ok(techniques(4).includes('birthday') && !techniques(4).includes('guarded'), techniques(4).join());
  });

  it('IPv6 comes first where the suite has seen both ends come by it, and its ports are not changed', () => {
    const v6 = (profile: NatProfile, ip: string): NatProfile => ({ ...profile, ipv6: { ip, port: 1 } });
    const steps = plan(v6(visitor(CHANCE), '2001:db8::1'), v6(host(ONE), '2001:db8::2'), 'caller');
    assert.deepEqual([steps[0]?.technique, steps[0]?.family], ['guarded', 6]);
    assert.ok(steps.some(({ technique, family }) => technique === 'birthday' && family === 4));
    assert.ok(plan(visitor(CHANCE), v6(host(ONE), '2001:db8::2'), 'caller').every(({ family }) => family === 4));
  });

  it('is the same at both ends, never repeats itself, and is not longer than an attempt', () => {
    const optional = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined });
    const behaviour = fc.constantFrom('endpoint-independent', 'address-dependent', 'address-and-port-dependent');
    const anyTcp = fc.record({
      mapping: fc.record({ behaviour, step: fc.option(fc.integer({ min: -80, max: 80 })) }),
      filtering: optional(behaviour),
      unsolicited: optional(fc.constantFrom('silence', 'rst', 'icmp', 'accepted')),
      synOutSynIn: optional(fc.boolean()),
      timeExceededCloses: optional(fc.boolean()),
      resetCloses: optional(fc.boolean()),
      freshSequence: optional(fc.boolean()),
      hops: optional(fc.integer({ min: 1, max: 5 })),
    });
    const anyEnd = fc.record({ tcp: optional(anyTcp), behindNat: optional(fc.boolean()) });
    fc.assert(
      fc.property(anyEnd, anyEnd, (v, h) => {
        const [a, b] = [{ observed: VISITOR, ...v } as NatProfile, { observed: HOST, ...h } as NatProfile];
        const steps = plan(a, b, 'caller');
        assert.deepEqual(steps, plan(b, a, 'callee'));
        const keys = steps.map(({ technique, opener, ttl, family, sockets }) => `${technique} ${opener} ${ttl} ${family} ${sockets}`);
        assert.equal(new Set(keys).size, keys.length);
        assert.ok(steps.length <= MAX_ROUNDS, String(steps.length));
        assert.ok(steps.every(({ reason }) => reason.length > 10));
      }),
      { seed: 5, numRuns: 10_000 },
    );
  });

  /** Kinds by what becomes of their ports, and whether a SYN comes in. */
  const CLASSES = {
    one: ({ tcp }: Truth): boolean => tcp?.mapping.step === 0,
    series: ({ tcp }: Truth): boolean => Boolean(tcp?.mapping.step),
    chance: ({ tcp }: Truth): boolean => tcp?.mapping.step === null,
  };
  const classOf = (truth: Truth): string => Object.entries(CLASSES).find(([, is]) => is(truth))?.[0] ?? '';
  /** The first technique between two classes, in either order; null: at none of the ends a SYN comes in. */
  const FIRST: Readonly<Record<string, string>> = {
    'one one': 'guarded',
    'one series': 'predicted',
    'series series': 'predicted',
    'chance one': 'birthday',
    'chance series': 'birthday',
    'chance chance': 'birthday',
  };

  describe('between the kinds of the lab', () => {
    const profile = (seen: typeof VISITOR, { behindNat, tcp }: Truth): NatProfile => ({
      observed: seen,
      ...(behindNat !== undefined && { behindNat }),
      ...(tcp && { tcp }),
    });
    for (const [h, { truth: b }] of Object.entries(KINDS))
      it(`host ${h}: the first technique for each visitor, or the proof that there is none`, () => {
        for (const [v, { truth: a }] of Object.entries(KINDS)) {
          const [one, other] = [profile(VISITOR, a), profile(HOST, b)];
          const punches = plan(one, other, 'caller').filter(({ technique }) => technique !== 'mapped');
          const [found] = punches;
          const closed = [a, b].every(({ tcp }) => tcp?.synOutSynIn === false);
          // A NAT that lets in more than it has to spares all guessing.
          const free = [a, b].some(({ tcp }) => tcp?.filtering !== 'address-and-port-dependent');
          const classes = [classOf(a), classOf(b)].sort().join(' ');
          // Whichever SYN comes first closes the other NAT, or its own.
          const crossing = [a, b].every(({ tcp }) => tcp?.timeExceededCloses && tcp.unsolicited === 'rst');
          const expected = closed
            ? undefined
            : crossing
              ? 'simultaneous'
              : free && classes !== 'one one'
                ? 'low-ttl-listen'
                : FIRST[classes];
          assert.equal(found?.technique, expected, `visitor ${v}`);
          // Who lets no SYN in opens nothing.
          for (const { opener } of punches) assert.notEqual((opener === 'caller' ? a : b).tcp?.synOutSynIn, false, `visitor ${v}`);
          if (closed) assert.match(chances(one, other, 'caller').reason, /neither NAT lets one in/);
          // The visitor's first time: nothing is known of its network.
          assert.ok(plan({ observed: VISITOR, behindNat: true }, other, 'caller').length > 0, `visitor ${v}, unknown`);
        }
      });
  });
});
