// SPDX-License-Identifier: Apache-2.0
// `npm run lab`: the lab on the command line.

import { parseArgs } from 'node:util';
import { KINDS } from './kinds.ts';
import { noLabReason } from './lab.ts';
import { run } from './run.ts';

const USAGE = `npm run lab -- --list                                            the kinds of network there are
npm run lab -- run --host KIND --visitor KIND [--rtt MS] [--loss SHARE] [--rate MBIT] -- COMMAND
                                    COMMAND in the visitor's place; LAB_LINK is a site's link, LAB_FILE a file's
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
    loss: number(values.loss, 'loss', 1),
    rateMbit: number(values.rate, 'rate', 1e5),
  };
  if (positionals[0] === 'run' && command.length > 0) return run({ host: values.host, visitor: values.visitor, ...wire }, command, say);
  fail(USAGE);
}

process.exitCode = await main().catch((error: Error) => fail(error.message));
