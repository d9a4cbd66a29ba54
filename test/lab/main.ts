// SPDX-License-Identifier: Apache-2.0
// `npm run lab`: the lab on the command line.

import { parseArgs } from 'node:util';
import { exam, examTable, findingsTable, isRight } from './exam.ts';
import { KINDS, kindOf } from './kinds.ts';
import { lacksFor, noLabReason } from './lab.ts';
import { matrix, tableOf } from './matrix.ts';
import { run } from './run.ts';

const USAGE = `npm run lab -- --list                                            the kinds of network there are
npm run lab -- run --host KIND --visitor KIND [--rtt MS] [--loss SHARE] [--rate MBIT] -- COMMAND
                                    COMMAND in the visitor's place; LAB_LINK is a site's link, LAB_FILE a file's
npm run lab -- matrix [--json] [--kinds A,B,C] [--rtt MS] [--loss SHARE] [--rate MBIT] [--settle MS] [--labs N] [--visits N]
                                    all pairs of kinds, each by a real transfer; --settle: how long a direct way is waited for
npm run lab -- exam KIND… [--json] [--runs N] [--rtt MS] [--loss SHARE] [--at-once N]
                                    what the exams find there, beside the truth, in how many packets and how fast; KIND all:
                                    every one, --at-once: so many kinds at a time. Without the rendezvous' connection
SHARE is a part of 1, or percent where it is more than 1: 0.02 and 2 are the same.
The visitor's KIND may be same-lan: in the host's own network.`;

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
      settle: { type: 'string', default: '6000' },
      labs: { type: 'string', default: '2' },
      runs: { type: 'string', default: '1' },
      'at-once': { type: 'string', default: '4' },
      visits: { type: 'string', default: '2' },
    },
  });
  if (values.list) {
    const width = Math.max(...Object.keys(KINDS).map((name) => name.length));
    for (const [name, { about }] of Object.entries(KINDS)) console.log(`${name.padEnd(width)}  ${about}`);
    return 0;
  }
  const reason = noLabReason();
  if (reason) fail(reason);
  const wire = {
    rttMs: number(values.rtt, 'rtt', 60_000),
    loss: share(number(values.loss, 'loss', 100)),
    rateMbit: number(values.rate, 'rate', 1e5),
  };
  if (positionals[0] === 'run' && command.length > 0) return run({ host: values.host, visitor: values.visitor, ...wire }, command, say);
  if (positionals[0] === 'matrix') {
    const kinds = values.kinds.split(',');
    for (const kind of kinds) kindOf(kind);
    const started = performance.now();
    const pairs = await matrix({
      kinds,
      ...wire,
      settleMs: number(values.settle, 'settle', 60_000),
      labs: number(values.labs, 'labs', 16),
      visits: number(values.visits, 'visits', 16),
      onPair: ({ host, visitor, via, whole, directMs, error }) =>
        say(`${host} × ${visitor}: ${whole ? `${via} ${directMs ?? ''}` : error}`),
    });
    say(`${pairs.length} pairs in ${Math.round((performance.now() - started) / 1000)} s`);
    console.log(values.json ? JSON.stringify(pairs, null, 1) : tableOf(pairs));
    return pairs.every(({ whole }) => whole) ? 0 : 1;
  }
  if (positionals[0] === 'exam' && positionals.length > 1) {
    const kinds = positionals[1] === 'all' ? Object.keys(KINDS).filter((kind) => lacksFor(kind) === null) : positionals.slice(1);
    const [runs, atOnce] = [number(values.runs, 'runs', 1e5), number(values['at-once'], 'at-once', 64)];
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
