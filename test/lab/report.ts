// SPDX-License-Identifier: Apache-2.0
// Writes docs/reach.md out of what the lab has measured: for people, and the same from the same figures.

import { expected, PROOFS, type Proof } from './expected.ts';
import { groups, share, spread, table } from './figures.ts';
import { KINDS, kindOf } from './kinds.ts';
import { fault, type Matrix, type Pair, techniqueOf } from './matrix.ts';
import { type Peers, peersSection } from './peers.ts';
import { SAME_LAN } from './plan.ts';
import { PUBLISHED } from './published.ts';
import { type Times, timesTable } from './times.ts';
import { direct } from './watched-visit.ts';

/** All that was measured, and under which conditions. */
export interface Measured {
  readonly rttMs: number;
  readonly loss: number;
  /** Visits at once. */
  readonly visits: number;
  readonly processors: number;
  readonly matrix: Matrix;
  readonly times: readonly Times[];
}

/** A letter for each strategy and technique, and what it is. */
const LETTERS: Readonly<Record<string, readonly [letter: string, what: string]>> = {
  direct: ['D', 'TCP to an address that needs no punch: a public one, or one in the same network'],
  guarded: ['G', 'TCP, guarded punch: a SYN with a low TTL opens the NAT, and the socket is kept from whatever comes back'],
  predicted: ['P', 'TCP, guarded punch to the port that the next connection will have'],
  birthday: ['B', 'TCP, birthday punch: many sockets at one end meet many tries of the other'],
  'low-ttl-listen': ['L', 'TCP, the patent’s own: a SYN with a low TTL, cancelled; the same port listens'],
  simultaneous: ['S', 'TCP, plain simultaneous open'],
  mapped: ['M', 'TCP to a port that the router opened when asked'],
  'data-channel': ['u', 'WebRTC data channel, over UDP'],
  relay: ['r', 'relay'],
};
const FAILED = '!';
const letterOf = (pair: Pair): string => (pair.whole ? (LETTERS[techniqueOf(pair)]?.[0] ?? '?') : FAILED);

/** Hosts down, visitors across by their numbers. */
export function grid(kinds: readonly string[], pairs: readonly Pair[]): string {
  const corner = 'host \\ visitor';
  const width = Math.max(...[corner, ...kinds].map((word) => word.length));
  const number = (at: number): string => String(at + 1).padStart(2);
  const found = (host: string, visitor: string): string => {
    const pair = pairs.find((one) => one.host === host && one.visitor === visitor);
    return (pair ? letterOf(pair) : ' ').padStart(2);
  };
  return [
    `   ${corner.padEnd(width)} ${kinds.map((_, at) => number(at)).join(' ')}`,
    ...kinds.map((host, at) => `${number(at)} ${host.padEnd(width)} ${kinds.map((visitor) => found(host, visitor)).join(' ')}`),
  ].join('\n');
}

const onTcp = (pair: Pair): boolean => pair.whole && pair.via === 'tcp-punch';
const proofOf = ({ host, visitor }: Pair): Proof | null => (visitor === SAME_LAN ? null : expected(kindOf(host), kindOf(visitor)).proof);

/** The figures of the matrix that matter most, as rows. */
export function summary(pairs: readonly Pair[]): [what: string, figure: string][] {
  const ended = (via: string): string => share(pairs.filter((pair) => pair.whole && pair.via === via).length, pairs.length);
  const possible = pairs.filter((pair) => proofOf(pair) === null);
  return [
    ['connected, the file whole', share(pairs.filter(({ whole }) => whole).length, pairs.length)],
    ['ended on a punched or direct TCP connection', ended('tcp-punch')],
    ['ended on a data channel', ended('data-channel')],
    ['ended on the relay', ended('relay')],
    ['TCP, where it is to be expected', share(possible.filter(onTcp).length, possible.length)],
  ];
}

/** What became of each technique. */
function techniquesTable(pairs: readonly Pair[]): string {
  const used = groups(pairs, techniqueOf);
  const rows = Object.keys(LETTERS).flatMap((name) => {
    const some = used.get(name);
    if (!some) return [];
    const paths = some.flatMap((pair) => direct(pair) ?? []);
    return [
      [
        name,
        share(some.length, pairs.length),
        ...spread(some.flatMap(({ firstByteMs }) => firstByteMs ?? [])),
        ...spread(paths.flatMap(({ carriedMs }) => carriedMs ?? [])),
      ],
    ];
  });
  return table(['technique', 'pairs', 'first byte p50', 'p95', 'direct p50', 'p95'], rows);
}

/** Pairs as words: each host with its visitors; all of them where it is so. */
function listed(pairs: readonly Pair[], kinds: readonly string[]): string {
  const hosts = groups(pairs, ({ host }) => host);
  const byVisitors = groups([...hosts], ([, some]) => {
    const visitors = some.map(({ visitor }) => visitor);
    return kinds.every((kind) => visitors.includes(kind)) ? 'every visitor' : `visitor ${visitors.join(', ')}`;
  });
  return [...byVisitors].map(([visitors, some]) => `- host ${some.map(([host]) => host).join(', ')}; ${visitors}`).join('\n');
}

function impossible({ kinds, pairs }: Matrix): string {
  const proven = groups(
    pairs.filter((pair) => proofOf(pair) !== null),
    (pair) => proofOf(pair) as string,
  );
  return (Object.keys(PROOFS) as Proof[])
    .flatMap((proof) => {
      const some = proven.get(proof);
      const { title, proof: words } = PROOFS[proof];
      if (!some) return [`**${title}** (no pair of these networks). ${words}`];
      const vias = [...groups(some, ({ via }) => via ?? 'none')].map(([via, those]) => `${via} ${those.length}`).join(', ');
      return [`**${title}** (${some.length} pairs, which ended on: ${vias}). ${words}\n\n${listed(some, kinds)}`];
    })
    .join('\n\n');
}

/** How the older techniques do alone. */
function comparison({ pairs, compared }: Matrix): string {
  const possible = pairs.filter((pair) => proofOf(pair) === null).length;
  const row = (title: string, some: readonly Pair[]): string[] => {
    const reached = some.filter(onTcp);
    return [title, share(reached.length, some.length), share(reached.filter((pair) => proofOf(pair) === null).length, possible)];
  };
  const rows = [
    row('Porthole: all techniques, chosen by the exams', pairs),
    ...compared.map(({ techniques, pairs: some }) => row(ALONE[techniques.join()] ?? techniques.join(', '), some)),
  ];
  return table(['by TCP', 'of all pairs', 'of those where TCP is to be expected'], rows);
}

/** The techniques that are tried alone, by their names. */
const ALONE: Readonly<Record<string, string>> = {
  guarded: 'the guarded punch, for known ports, alone',
  'guarded,predicted': 'the guarded punch, with prediction, alone',
  'low-ttl-listen': 'the patent’s own, which is STUNT #2, alone',
  simultaneous: 'plain simultaneous open (P2PNAT), alone',
};

const faultsOf = (pairs: readonly Pair[]): string[] =>
  pairs.flatMap((pair) => {
    const words = fault(pair);
    return words ? [`host ${pair.host}, visitor ${pair.visitor}: ${words}`] : [];
  });

function legend(pairs: readonly Pair[]): string[] {
  const used = new Set(pairs.map(techniqueOf));
  return Object.entries(LETTERS)
    .filter(([name]) => used.has(name))
    .map(([name, [letter, what]]) => `\`${letter}\` ${name}: ${what}`);
}

/** The matrix for a terminal. */
export function overview(matrix: Matrix): string {
  const { kinds, pairs } = matrix;
  return [
    grid(kinds, pairs),
    ...legend(pairs).map((line) => line.replaceAll('`', '')),
    '',
    ...summary(pairs).map(([what, figure]) => `${what}: ${figure}`),
    '',
    techniquesTable(pairs),
    ...(matrix.compared.length > 0 ? ['', comparison(matrix)] : []),
    '',
    ...faultsOf(pairs).map((line) => `not as it must be: ${line}`),
    `${pairs.length} pairs in ${Math.round(matrix.ms / 1000)} s`,
  ].join('\n');
}

/** The document. @param peers what other programs reached on such pairs (`npm run bench -- reach`) */
export function report(measured: Measured, peers: Peers | null): string {
  const { rttMs, loss, visits, processors, matrix, times } = measured;
  const { kinds, pairs } = matrix;
  const faults = faultsOf(pairs).map((line) => `- ${line}`);
  const width = Math.max(...kinds.map((kind) => kind.length));
  return `# Reach

Which networks reach which, by what, and how soon. This file is generated by \`npm run lab -- matrix --report docs/reach.md\`; do not edit it.

Each pair is a host in one kind of network, a visitor in another, and a file of a megabyte that the visitor fetches from the host's site, through NATs of the Linux kernel in network namespaces (\`npm run lab -- --list\`). The code is what people run; the networks are made for it, each kind is one of many in the field, and no kind is more frequent than another. ${pairs.length} pairs took ${Math.round(matrix.ms / 1000)} s on one machine, ${visits} visits at once, ${rttMs} ms of round trip${loss > 0 ? `, ${loss * 100} % of packets lost` : ''}.

## In short

${table(
  ['', 'pairs'],
  summary(pairs).map(([what, figure]) => [what, figure]),
)}

${faults.length === 0 ? 'Every pair reached what is to be expected of it.' : `Not what is to be expected:\n\n${faults.join('\n')}`}

## Which pair, by what

\`\`\`
${grid(kinds, pairs)}
\`\`\`

${legend(pairs)
  .map((line) => `- ${line}`)
  .join('\n')}

${pairs.some(({ visitor }) => visitor === SAME_LAN) ? `Two machines in one network (\`${SAME_LAN}\`): ${techniqueOf(pairs.find(({ visitor }) => visitor === SAME_LAN) as Pair)}.\n` : ''}
\`\`\`
${kinds.map((kind, at) => `${String(at + 1).padStart(2)} ${kind.padEnd(width)}  ${KINDS[kind]?.about}`).join('\n')}
\`\`\`

## How soon

In milliseconds from opening the link; half of the visits took no longer than p50, nineteen of twenty no longer than p95. *First byte*: of the file, by whatever path came first. *Direct*: the host's first message on the direct path.

All pairs, ${visits} at once (load ${matrix.load.toFixed(1)} on ${processors} processors, so that times are longer than alone):

${techniquesTable(pairs)}

${times.map((one) => `One visit at a time, ${one.rttMs} ms of round trip (load ${one.load.toFixed(1)} on ${processors} processors). *After the introduction*: from there until the direct path stands; the aim is for its p50 and its p95.\n\n${timesTable(one)}`).join('\n\n')}

## Where TCP cannot be counted on, and why

${impossible(matrix)}

## Beside other techniques

The same pairs, ends and code, with one technique left to punch with, and no direct address told. The patent's own sends a SYN with a low TTL, cancels it and listens on the same port; STUNT #2 of Guha & Francis does the same. Here either end may be the one that opens, and networks are examined before. P2PNAT's simultaneous open examines nothing; the port that the next connection will have is predicted for it, and not for the patent's own. Most of these networks check sequence numbers, as Linux does: a listener's answer has one that the NAT has not seen, and is dropped.

${comparison(matrix)}

What others have published was measured in the field, on networks as people have them, and does not compare with shares of made-up pairs:

${table(
  ['who', 'of what', 'result'],
  PUBLISHED.map(({ who, of, result }) => [who, of, result]),
)}

## Beside other programs

${peersSection(peers)}
`;
}
