// SPDX-License-Identifier: Apache-2.0
// What the workload "reach" found, as text: who reached what, how the shares and times compare, and why the rest was not reached.

import { spread } from './metrics.ts';
import type { Pair, Rung } from './reach.ts';
import { aligned } from './report.ts';

type Results = { readonly kinds: readonly string[]; readonly systems: readonly string[]; readonly pairs: readonly Pair[] };

const LETTERS: Readonly<Record<Rung, string>> = { tcp: 'T', udp: 'U', relay: 'R', none: '-' };

const isDirect = ({ rung }: Pair): boolean => rung === 'tcp' || rung === 'udp';
const figure = (value: number): string =>
  Number.isFinite(value) ? value.toFixed(2) : value === Number.POSITIVE_INFINITY ? 'only ours' : '';
const milliseconds = (value: number): string => (Number.isNaN(value) ? '' : value.toFixed(0));
const percent = (part: number, whole: number): string => `${part} (${Math.round((part / whole) * 100)} %)`;
const sinceDial = ({ directMs }: Pair): number => directMs as number;
const sinceStart = ({ directMs, joinMs }: Pair): number => (directMs as number) + joinMs;
const median = (values: readonly number[]): number => (values.length > 0 ? spread(values).median : Number.NaN);

/** How ours compares with a peer: shares of direct paths, and times on the pairs that both reach directly. Over 1: ours is better. */
export function ratiosOf(ours: readonly Pair[], theirs: readonly Pair[]): { share: number; time: number; whole: number } {
  const their = new Map(theirs.filter(isDirect).map((pair) => [`${pair.host} ${pair.visitor}`, pair]));
  const both = ours.filter(isDirect).flatMap((our) => {
    const same = their.get(`${our.host} ${our.visitor}`);
    return same ? [{ our, same }] : [];
  });
  const ratio = (of: (pair: Pair) => number): number => median(both.map(({ same }) => of(same))) / median(both.map(({ our }) => of(our)));
  return {
    share: ours.filter(isDirect).length / their.size,
    time: ratio(sinceDial),
    whole: ratio(sinceStart),
  };
}

/** The shares and times of each system. */
function shares({ systems, pairs }: Results): string {
  const of = (name: string): Pair[] => pairs.filter(({ system }) => system === name);
  const ours = of(systems[0] as string);
  const lines = systems.map((name, at) => {
    const own = of(name);
    const count = (...rungs: Rung[]): string => percent(own.filter(({ rung }) => rungs.includes(rung)).length, own.length);
    const ratios = at === 0 ? null : ratiosOf(ours, own);
    const direct = own.filter(isDirect);
    return [
      name,
      count('tcp', 'udp'),
      count('tcp'),
      count('udp'),
      count('relay'),
      count('none'),
      milliseconds(median(direct.map(sinceDial))),
      milliseconds(median(direct.map(sinceStart))),
      ...(ratios ? [figure(ratios.share), figure(ratios.time), figure(ratios.whole)] : []),
    ];
  });
  return aligned([
    [
      '',
      'direct',
      'by TCP',
      'by UDP',
      'relayed',
      'not at all',
      'median ms to direct',
      'with joining',
      'ratio: share',
      'ms',
      'with joining',
    ],
    ...lines,
  ]);
}

/** One system's pairs: hosts down, visitors across. */
function grid({ kinds, pairs }: Results, system: string): string {
  const cell = (host: string, visitor: string): string => {
    const pair = pairs.find((one) => one.host === host && one.visitor === visitor && one.system === system) as Pair;
    return `${LETTERS[pair.rung]} ${pair.directMs ?? ''}`.trim();
  };
  return aligned([
    [`${system}: host \\ visitor`, ...kinds],
    ...kinds.map((host) => [host, ...kinds.map((visitor) => cell(host, visitor))]),
  ]);
}

/** Why pairs are not direct, the commonest reason first. */
function reasons({ systems, pairs }: Results): string[] {
  return systems.flatMap((name) => {
    const places = new Map<string, string[]>();
    for (const { system, rung, why, host, visitor } of pairs) {
      if (system !== name || rung === 'tcp' || rung === 'udp') continue;
      const reason = `${rung}: ${why ?? 'no reason told'}`;
      places.set(reason, [...(places.get(reason) ?? []), `${host} × ${visitor}`]);
    }
    const sorted = [...places].sort(([, one], [, other]) => other.length - one.length);
    return sorted.map(([reason, where]) => `${name}, ${reason}: ${where.join(', ')}`);
  });
}

/** All of it. */
export function reachTable(results: Results, rttMs: number): string {
  return [
    `reach: ${results.kinds.length} × ${results.kinds.length} networks, ${rttMs} ms between any two ends`,
    shares(results),
    'Peers had joined before the visit began, Porthole joins in it. Ratios: over 1 when Porthole is better; of times, on the pairs that both reach directly.',
    ...results.systems.map((system) => grid(results, system)),
    'T direct over TCP, U direct over UDP, and after how many milliseconds; R relayed; - not reached.',
    reasons(results).join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n')
    .concat('\n');
}
