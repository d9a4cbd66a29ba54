// SPDX-License-Identifier: Apache-2.0
// The decision whether and how to punch, in the patent's order (Figs. 2 and 3), as a table that prints itself.

import type { NatProfile } from '../../transport/nat/profile.ts';

/** Where the decision can end. */
export type Outcome = 'low-ttl' | 'punch' | 'relay';
export const OUTCOMES: Readonly<Record<Outcome, string>> = {
  'low-ttl': 'punch: the host’s SYN opens its NAT and dies before it reaches the visitor’s',
  punch: 'punch: the host’s SYN may go all the way, nothing answers it',
  relay: 'no punch with these roles: try them the other way round, or relay',
};

export interface Row {
  readonly question: string;
  /** Whose exam tells. */
  readonly of: 'host' | 'visitor';
  readonly ask: (nat: NatProfile) => boolean | undefined;
  /** The next row, or the end. What was not examined is taken for the answer that leads on: trying is what finds out. */
  readonly yes: number | Outcome;
  readonly no: number | Outcome;
  readonly unknown: 'yes' | 'no';
}

const predictable = ({ tcp }: NatProfile): boolean | undefined => tcp && tcp.mapping.step !== null;

/** From the first row on; each answer names the next one. */
export const DECISION: readonly Row[] = [
  { of: 'host', question: 'can its next outside port be predicted?', ask: predictable, yes: 1, no: 'relay', unknown: 'yes' },
  {
    of: 'host',
    question: 'does a SYN come in from where it has sent one?',
    ask: ({ tcp }) => tcp?.synOutSynIn,
    yes: 2,
    no: 'relay',
    unknown: 'yes',
  },
  { of: 'visitor', question: 'can its next outside port be predicted?', ask: predictable, yes: 3, no: 'relay', unknown: 'yes' },
  {
    of: 'host',
    question: 'does an ICMP Time Exceeded close its NAT?',
    ask: ({ tcp }) => tcp?.timeExceededCloses,
    yes: 4,
    no: 'low-ttl',
    unknown: 'no',
  },
  {
    of: 'visitor',
    question: 'does its NAT answer an unasked SYN with RST?',
    ask: ({ tcp }) => tcp?.unsolicited && tcp.unsolicited === 'rst',
    yes: 'relay',
    no: 'punch',
    unknown: 'no',
  },
];

export interface Step {
  readonly row: Row;
  /** Undefined: not examined. */
  readonly answer: boolean | undefined;
}

/** Walks the table for these two ends. */
export function decide(host: NatProfile, visitor: NatProfile): { readonly outcome: Outcome; readonly steps: readonly Step[] } {
  const steps: Step[] = [];
  let at: number | Outcome = 0;
  while (typeof at === 'number') {
    const row = DECISION[at] as Row;
    const answer = row.ask(row.of === 'host' ? host : visitor);
    steps.push({ row, answer });
    at = (answer ?? row.unknown === 'yes') ? row.yes : row.no;
  }
  return { outcome: at, steps };
}

/** The table as lines of text. */
export function printDecision(): string[] {
  const to = (next: number | Outcome): string => (typeof next === 'number' ? `row ${next + 1}` : next);
  const rows = DECISION.map(({ of, question, yes, no, unknown }, at) => [
    String(at + 1),
    of,
    question,
    to(yes),
    to(no),
    unknown === 'yes' ? to(yes) : to(no),
  ]);
  const all = [['', 'of', 'question', 'yes', 'no', 'not examined'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return [
    ...all.map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    ),
    ...Object.entries(OUTCOMES).map(([name, words]) => `${name}: ${words}`),
  ];
}
