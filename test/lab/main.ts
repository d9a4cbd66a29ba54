// SPDX-License-Identifier: Apache-2.0
// `npm run lab`: the lab on the command line.

import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ATTEMPT_MS } from '../../transport/strategy/engine.ts';
import { exam, examTable, findingsTable, isRight } from './exam.ts';
import { FIRST_RTT_MS, first, firstTable } from './first.ts';
import { KINDS, kindOf } from './kinds.ts';
import { lacksFor, noLabReason } from './lab.ts';
import { LINE_OPTIONS, LINE_USAGE, lineCommand } from './line-command.ts';
import { fault, type Pair, techniqueOf } from './matrix.ts';
import { measure, TIMED_RTT_MS } from './measure.ts';
import { readPeers } from './peers.ts';
import { type Measured, overview, report } from './report.ts';
import { run } from './run.ts';
import { TIMED, times, timesTable } from './times.ts';

const USAGE = `npm run lab -- --list                                            the kinds of network there are
npm run lab -- run --host KIND --visitor KIND [--rtt MS] [--loss SHARE] [--rate MBIT] -- COMMAND
                                    COMMAND in the visitor's place; LAB_LINK is a site's link, LAB_FILE a file's
npm run lab -- matrix [--json] [--kinds A,B,C] [--rtt MS] [--loss SHARE] [--rate MBIT] [--settle MS] [--visits N]
                                    all pairs of kinds, each by a real transfer; --settle: how long what is expected is waited for
npm run lab -- matrix --report FILE [--runs N] [--peers FILE] [--save FILE] [--from FILE]
                                    the same, other techniques alone and the times, as docs/reach.md; --peers: what the bench
                                    wrote of other programs; --save and --from: the figures, to write the report again
npm run lab -- times [--rtt 40,100] [--runs N] [--loss SHARE]
                                    how soon the first byte and the direct path are there, by technique
npm run lab -- first [--rtt 20,50,150] [--runs N]
                                    how soon a page that asks at once has its first byte, and a download goes on after a cut
npm run lab -- exam KIND… [--json] [--runs N] [--rtt MS] [--loss SHARE] [--at-once N]
                                    what the exams find there, beside the truth, in how many packets and how fast; KIND all:
                                    every one, --at-once: so many kinds at a time. Without the rendezvous' connection
${LINE_USAGE}
SHARE is a part of 1, or percent where it is more than 1: 0.02 and 2 are the same.
The visitor's KIND may be same-lan: in the host's own network.`;

/** The round trip of lines, in milliseconds, when none is named. */
const LINE_RTT_MS = 50;

const say = (line: string): void => console.error(line);

function fail(message: string): never {
  say(message);
  process.exit(2);
}

function number(text: string | undefined, name: string, most: number): number {
  const value = Number(text ?? 0);
  if (!(value >= 0 && value <= most)) fail(`--${name} is a number from 0 to ${most}`);
  return value;
}

const told = (pair: Pair, progress: string): void => {
  const words = fault(pair);
  say(`${progress}: ${pair.host} × ${pair.visitor}: ${words ? `NOT AS IT MUST BE: ${words}` : techniqueOf(pair)}`);
};
/** Percent as a part of 1. */
const share = (given: number): number => (given > 1 ? given / 100 : given);

/** What stands before `--` and after it. */
function words(): { own: string[]; command: string[] } {
  const all = process.argv.slice(2);
  const at = all.indexOf('--');
  return at < 0 ? { own: all, command: [] } : { own: all.slice(0, at), command: all.slice(at + 1) };
}

async function main(): Promise<number> {
  const { own, command } = words();
  const { values, positionals } = parseArgs({
    args: own,
    allowPositionals: true,
    options: {
      list: { type: 'boolean' },
      host: { type: 'string', default: 'home' },
      visitor: { type: 'string', default: 'home' },
      rtt: { type: 'string' },
      loss: { type: 'string' },
      rate: { type: 'string' },
      json: { type: 'boolean' },
      kinds: { type: 'string', default: Object.keys(KINDS).join(',') },
      settle: { type: 'string', default: String(ATTEMPT_MS) },
      runs: { type: 'string' },
      'at-once': { type: 'string' },
      visits: { type: 'string', default: '4' },
      report: { type: 'string' },
      peers: { type: 'string' },
      save: { type: 'string' },
      from: { type: 'string' },
      ...LINE_OPTIONS,
    },
  });
  if (values.list) {
    const width = Math.max(...Object.keys(KINDS).map((name) => name.length));
    for (const [name, { about }] of Object.entries(KINDS)) console.log(`${name.padEnd(width)}  ${about}`);
    return 0;
  }
  const reason = noLabReason();
  if (reason) fail(reason);
  const rtts = (values.rtt ?? '').split(',').map((text) => number(text || undefined, 'rtt', 60_000));
  const wire = {
    rttMs: rtts[0] as number,
    loss: share(number(values.loss, 'loss', 100)),
    rateMbit: number(values.rate, 'rate', 1e5),
  };
  const settleMs = number(values.settle, 'settle', 60_000);
  if (positionals[0] === 'run' && command.length > 0) return run({ host: values.host, visitor: values.visitor, ...wire }, command, say);
  if (positionals[0] === 'line') {
    const rttMs = values.rtt ? wire.rttMs : LINE_RTT_MS;
    return lineCommand({ ...values, rttMs, number: (text, name, most) => number(text, name, most), say });
  }
  if (positionals[0] === 'times') {
    const pairs: Pair[] = [];
    for (const rttMs of values.rtt ? rtts : TIMED_RTT_MS) {
      const runs = number(values.runs ?? '5', 'runs', 1e4);
      const taken = await times({ ...wire, rttMs, pairs: TIMED, runs, settleMs, onPair: told, onProgress: say });
      pairs.push(...taken.pairs);
      console.log(`${rttMs} ms of round trip\n${timesTable(taken)}\n`);
    }
    return pairs.every((pair) => fault(pair) === null) ? 0 : 1;
  }
  if (positionals[0] === 'first') {
    const runs = number(values.runs ?? '10', 'runs', 1e4);
    console.log(firstTable(await first({ rttMs: values.rtt ? rtts : FIRST_RTT_MS, runs, onProgress: say })));
    return 0;
  }
  if (positionals[0] === 'matrix') {
    const kinds = values.kinds.split(',');
    for (const kind of kinds) kindOf(kind);
    const measured = values.from
      ? (JSON.parse(await readFile(values.from, 'utf8')) as Measured)
      : await measure({
          ...wire,
          kinds,
          settleMs,
          visits: number(values.visits, 'visits', 64),
          runs: values.report ? number(values.runs ?? '5', 'runs', 1e4) : 0,
          onPair: told,
          onProgress: say,
        });
    if (values.save) await writeFile(values.save, JSON.stringify(measured));
    if (values.report) await writeFile(values.report, report(measured, values.peers ? await readPeers(values.peers) : null));
    console.log(values.json ? JSON.stringify(measured.matrix.pairs, null, 1) : overview(measured.matrix));
    return measured.matrix.pairs.every((pair) => fault(pair) === null) ? 0 : 1;
  }
  if (positionals[0] === 'exam' && positionals.length > 1) {
    const kinds = positionals[1] === 'all' ? Object.keys(KINDS).filter((kind) => lacksFor(kind) === null) : positionals.slice(1);
    const [runs, atOnce] = [number(values.runs ?? '1', 'runs', 1e5), number(values['at-once'] ?? '4', 'at-once', 64)];
    const all = await exam({ kinds, runs, atOnce, ...wire, onKind: (examined) => say(examTable([examined]).split('\n')[1] ?? '') });
    const [one, ...rest] = all;
    if (one && rest.length === 0 && !values.json) console.log(findingsTable(one));
    console.log(values.json ? JSON.stringify(all) : examTable(all));
    const done = all.flatMap((examined) => examined.runs);
    const right = done.filter(isRight).length;
    say(`${right} of ${done.length} runs right: ${((right / done.length) * 100).toFixed(2)} %`);
    return right === done.length ? 0 : 1;
  }
  fail(USAGE);
}

process.exitCode = await main().catch((error: Error) => fail(error.message));
