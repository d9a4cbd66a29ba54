// SPDX-License-Identifier: Apache-2.0
// `npm run lab -- exam`: what `porthole exam` finds in a kind of network, beside the truth.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { NatProfile } from '../../transport/strategy.ts';
import { Porthole } from '../support/porthole.ts';
import { kindOf, type Truth } from './kinds.ts';
import { type LabOptions, openLab } from './lab.ts';
import { startSuite, suiteUrlOf } from './stage.ts';

/** One thing an exam can find. */
export interface Finding {
  /** Where in the profile it stands, as `tcp.mapping.step`. */
  readonly name: string;
  readonly truth: unknown;
  /** Undefined: not examined. */
  readonly found: unknown;
}

export interface ExamRun {
  readonly findings: readonly Finding[];
  readonly ms: number;
}

/** The truth, leaf by leaf, with what the profile has in its place. */
export function findings(truth: Truth, profile: NatProfile): Finding[] {
  // Whether a router maps ports is no part of a profile: it is tried when a way is opened.
  const { ipv6, mapsPorts: _, ...rest } = truth;
  const leaves = (wanted: unknown, found: unknown, name: string): Finding[] => {
    if (wanted === undefined) return [];
    if (wanted === null || typeof wanted !== 'object') return [{ name, truth: wanted, found }];
    return Object.entries(wanted).flatMap(([key, value]) =>
      leaves(value, (found as Record<string, unknown> | null | undefined)?.[key], name ? `${name}.${key}` : key),
    );
  };
  const has6 = profile.ipv6 === undefined ? undefined : profile.ipv6 !== null;
  return [...leaves(rest, profile, ''), { name: 'ipv6', truth: ipv6, found: has6 }];
}

/** What became of a finding. */
export const verdictOf = ({ truth, found }: Finding): 'right' | 'wrong' | 'not examined' =>
  found === undefined ? 'not examined' : found === truth ? 'right' : 'wrong';

/**
 * Takes the exam in a kind of network, as often as told, each time with a new home, so that no result is remembered.
 * @throws Error when the program tells no result
 */
export async function exam(kind: string, wire: Pick<LabOptions, 'rttMs' | 'loss' | 'rateMbit'>, runs: number): Promise<ExamRun[]> {
  const { truth } = kindOf(kind);
  const lab = await openLab({ host: kind, visitor: 'open', ...wire });
  const done: ExamRun[] = [];
  try {
    await startSuite(lab);
    for (let run = 0; run < runs; run++) {
      const home = join(lab.folder, `exam-${run}`);
      await mkdir(home);
      const began = performance.now();
      const program = new Porthole(['exam', '--suite', suiteUrlOf(lab)], home, { within: lab.enter('host') });
      const status = await program.ended;
      const told = program.events.find(({ event }) => event === 'exam');
      if (!told?.profile) {
        const said = program.events.findLast(({ event }) => event === 'error')?.message ?? program.stderr.trim().split('\n')[0];
        throw new Error(`porthole exam told no result (status ${status}): ${said}`);
      }
      const ms = typeof told.ms === 'number' ? told.ms : Math.round(performance.now() - began);
      done.push({ findings: findings(truth, told.profile as NatProfile), ms });
    }
  } finally {
    await lab.close();
  }
  return done;
}

/** Runs as lines: for each finding how often it was right, what was found instead, and how long a run took. */
export function examTable(kind: string, runs: readonly ExamRun[]): string {
  const names = runs[0]?.findings.map(({ name }) => name) ?? [];
  const lines = names.map((name, at) => {
    const all = runs.map((run) => run.findings[at] as Finding);
    const right = all.filter((finding) => verdictOf(finding) === 'right').length;
    const others = [
      ...new Set(
        all.filter((finding) => verdictOf(finding) !== 'right').map(({ found }) => (found === undefined ? 'not examined' : String(found))),
      ),
    ];
    return `  ${name.padEnd(24)} ${String(all[0]?.truth).padEnd(28)} ${right} of ${all.length} right${others.length ? `; else: ${others.join(', ')}` : ''}`;
  });
  return [`${kind}: ${runs.length} runs, the longest took ${Math.max(...runs.map(({ ms }) => ms))} ms`, ...lines].join('\n');
}
