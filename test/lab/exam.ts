// SPDX-License-Identifier: Apache-2.0
// `npm run lab -- exam`: what the exams find in each kind of network, beside the truth, in how many packets and how fast.

import { once } from 'node:events';
import { join } from 'node:path';
import type { NatProfile } from '../../transport/nat/profile.ts';
import { programOf } from '../support/programs.ts';
import type { Told } from './examinee.ts';
import { type Kind, kindOf } from './kinds.ts';
import { type Lab, type LabOptions, openLab } from './lab.ts';
import { startSuite, suiteUrlOf } from './stage.ts';
import { type Packets, Tally } from './tally.ts';

/** One thing an exam can find. */
export interface Finding {
  /** Where in the profile it stands, as `tcp.mapping.step`. */
  readonly name: string;
  /** Undefined: nothing is to be claimed. */
  readonly truth: unknown;
  /** Undefined: not examined. */
  readonly found: unknown;
}

export interface ExamRun extends Packets {
  readonly findings: readonly Finding[];
  readonly ms: number;
  /** In place of findings: why there are none. */
  readonly error?: string;
}

export interface Examined {
  readonly kind: string;
  readonly runs: readonly ExamRun[];
}

/** What of the truth an exam sees: the patent's order stops where the answer is known, and what then stays unknown is absent. */
function visible({ truth, boxes }: Kind): Pick<NatProfile, 'behindNat' | 'tcp' | 'udp'> {
  const { tcp, udp, behindNat } = truth;
  // No port for exams is let out.
  if (!tcp || boxes.some(({ lets }) => lets === 'only-443')) return { behindNat, udp };
  const { mapping, filtering, unsolicited, hairpin, synOutSynIn, freshSequence, timeExceededCloses, resetCloses, hops } = tcp;
  const always = { mapping, filtering, unsolicited, hairpin };
  // No pattern: nobody can be told where to call back.
  if (mapping.step === null) return { behindNat, udp, tcp: always };
  if (!synOutSynIn) return { behindNat, udp, tcp: { ...always, synOutSynIn } };
  // Every SYN that dies closes the mapping: none shows how far away the NAT is.
  const near = timeExceededCloses ? {} : { hops };
  return { behindNat, udp, tcp: { ...always, synOutSynIn, freshSequence, timeExceededCloses, resetCloses, ...near } };
}

/** What is to be found in a kind, leaf by leaf, with what the profile has in its place; and what it claims beyond that. */
export function findings(kind: Kind, profile: NatProfile): Finding[] {
  const { behindNat, tcp, udp } = profile;
  const leaves = (truth: unknown, found: unknown, name: string): Finding[] => {
    const [wanted, there] = [fieldsOf(truth), fieldsOf(found)];
    if (!wanted || found === null) return truth === undefined && found === undefined ? [] : [{ name, truth, found }];
    const names = new Set([...Object.keys(wanted), ...Object.keys(there ?? {})]);
    return [...names].flatMap((key) => leaves(wanted[key], there?.[key], name ? `${name}.${key}` : key));
  };
  const all = leaves(visible(kind), { behindNat, tcp, udp }, '');
  // Of an end that has no NAT the table says no more than it must.
  const named = kind.truth.behindNat ? all : all.filter(({ truth }) => truth !== undefined);
  const { ipv6 } = kind.truth;
  return [
    ...named,
    { name: 'ipv6', truth: ipv6, found: Boolean(profile.ipv6) },
    // The firewalls here are silent.
    { name: 'ipv6Unsolicited', truth: ipv6 ? 'silence' : undefined, found: profile.ipv6Unsolicited },
  ];
}

const fieldsOf = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;

/** What became of a finding. */
export const verdictOf = ({ truth, found }: Finding): 'right' | 'wrong' | 'not examined' =>
  found === truth ? 'right' : found === undefined ? 'not examined' : 'wrong';

/** Whether a run found all there is to find, and nothing else. */
export const isRight = ({ findings: all, error }: ExamRun): boolean =>
  error === undefined && all.every((finding) => verdictOf(finding) === 'right');

export interface ExamOptions extends Pick<LabOptions, 'rttMs' | 'loss' | 'rateMbit'> {
  readonly kinds: readonly string[];
  /** Of each kind. */
  readonly runs: number;
  /** Kinds examined at once. */
  readonly atOnce: number;
  readonly onKind?: (examined: Examined) => void;
}

/** Takes the exams in kinds of network, as often as told. Nothing is remembered from one run to the next. */
export async function exam(options: ExamOptions): Promise<Examined[]> {
  const { kinds, runs, atOnce, onKind, ...wire } = options;
  const others = Object.fromEntries(kinds.map((kind) => [`at-${kind}`, kind]));
  const lab = await openLab({ host: 'home', visitor: 'same-lan', others, ...wire });
  const done: Examined[] = [];
  try {
    const suite = await startSuite(lab);
    const left = [...kinds];
    const worker = async (): Promise<void> => {
      for (let kind = left.shift(); kind !== undefined; kind = left.shift()) {
        const examined = { kind, runs: await examineIn(lab, kind, runs) };
        done.push(examined);
        onKind?.(examined);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    await suite.stop();
  } finally {
    await lab.close();
  }
  return done.sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
}

async function examineIn(lab: Lab, kind: string, runs: number): Promise<ExamRun[]> {
  const place = `at-${kind}`;
  const child = lab.spawn(place, process.execPath, [programOf(join(import.meta.dirname, 'examinee.ts')), suiteUrlOf(lab)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const tally = await Tally.begin(lab, place);
  const done: ExamRun[] = [];
  for (let run = 0; run < runs; run++) {
    const told = once(child, 'message');
    child.send('run');
    const answer = (await Promise.race([told, ended.then(() => [{ error: 'the examinee has ended' }])])) as [Told];
    const packets = await tally.take();
    const [one] = answer;
    done.push(
      'error' in one
        ? { findings: [], ms: 0, ...packets, error: one.error }
        : { findings: findings(kindOf(kind), one.profile), ms: one.ms, ...packets },
    );
  }
  if (child.connected) child.disconnect();
  await ended;
  return done;
}

/** The number that such a share of all does not pass. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)] ?? Number.NaN;
}

const MEASURES = [
  ['ms', ({ ms }: ExamRun) => ms],
  ['packets sent', ({ sent }: ExamRun) => sent],
  ['both ways', ({ line }: ExamRun) => line],
] as const;

/** The kinds as a table, all of them in the last row, and whatever was not right. */
export function examTable(all: readonly Examined[]): string {
  const rows = [...all, ...(all.length > 1 ? [{ kind: 'all', runs: all.flatMap(({ runs }) => runs) }] : [])];
  const words = [
    ['kind', 'runs right', ...MEASURES.map(([name]) => `${name}: p50 p95 most`)],
    ...rows.map(({ kind, runs }) => [
      kind,
      `${runs.filter(isRight).length} of ${runs.length}`,
      ...MEASURES.map(([, of]) => [0.5, 0.95, 1].map((share) => quantile(runs.map(of), share)).join(' ')),
    ]),
  ];
  const widths = words[0]?.map((_, column) => Math.max(...words.map((row) => row[column]?.length ?? 0))) ?? [];
  const table = words.map((row) =>
    row
      .map((word, column) => word.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [...table, ...all.flatMap(amiss)].join('\n');
}

/** What was not as it should be, and how often. */
function amiss({ kind, runs }: Examined): string[] {
  const said = runs.flatMap(({ findings: found, error }) => [
    ...(error === undefined ? [] : [error]),
    ...found
      .filter((finding) => verdictOf(finding) !== 'right')
      .map(
        ({ name, truth, found: one }) =>
          `${name} is ${truth ?? 'not to be told'}, found: ${one === undefined ? 'not examined' : JSON.stringify(one)}`,
      ),
  ]);
  return [...new Set(said)].map((words) => `${kind}: ${words} (${said.filter((one) => one === words).length} times)`);
}

/** What one kind was found to be, beside the truth. */
export function findingsTable({ runs }: Examined): string {
  const [first] = runs.filter(({ error }) => error === undefined);
  const lines = (first?.findings ?? []).map(({ name, truth }) => {
    const right = runs.filter(({ findings: found }) => found.some((one) => one.name === name && verdictOf(one) === 'right')).length;
    return `  ${name.padEnd(24)} ${String(truth).padEnd(28)} ${right} of ${runs.length} right`;
  });
  return lines.join('\n');
}
