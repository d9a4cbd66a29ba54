#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The program `porthole`: reads the command line and the environment, runs one command, and turns its end into an exit status.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { asPortholeError, ERRORS, PortholeError } from '../proto/errors.ts';
import { WAY_NAMES } from '../transport/strategies/node.ts';
import { get } from './commands/get.ts';
import { host } from './commands/host.ts';
import { open } from './commands/open.ts';
import { policy } from './commands/policy.ts';
import { suite } from './commands/suite.ts';
import { up } from './commands/up.ts';
import type { Context } from './context.ts';
import { Lifetime } from './lifetime.ts';
import { createOutput, errorEvent } from './output.ts';
import { packageFolder } from './package-folder.ts';
import { readSettings } from './settings.ts';

const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };

const options = {
  port: new Option('--port <port>', 'port to listen on; 0 takes a free one').argParser(String),
  json: new Option('--json', 'one JSON event a line instead of sentences'),
  via: new Option('--via <ways>', `ways to try, in order: ${WAY_NAMES.join(',')}`),
  home: new Option('--home <folder>', 'where keys and data are kept (default ~/.porthole)'),
  address: new Option('--address <address...>', 'address to listen on'),
  suite: new Option('--suite <url>', 'the suite to use (default http://localhost:8080)'),
  name: new Option('--name <name>', 'name of the site; it stays yours'),
  title: new Option('--title <text>', 'title on the portal'),
  owner: new Option('--owner <text>', 'whose site this is'),
  purpose: new Option('--purpose <text>', 'what the site is for'),
  contact: new Option('--contact <text>', 'how to reach the owner'),
  keywords: new Option('--keywords <a,b>', 'words to find the site by'),
  unlisted: new Option('--unlisted', 'reachable by link only, not on the portal'),
  listing: new Option('--listing', 'list folders that have no index file'),
  domain: new Option('--domain <names>', 'host names that are this suite’s'),
  publicUrl: new Option('--public-url <url>', 'what links start with, when a proxy stands in front'),
  stunPort: new Option('--stun-port <port>', 'UDP port of the STUN responder (default: a free one)'),
  trustProxy: new Option('--trust-proxy', 'believe the proxy in front about who calls'),
  output: new Option('-o, --output <file>', 'write to this file instead of stdout'),
  toPorts: new Option('--to-ports <ports>', 'ports to grant: numbers, ranges, commas or *'),
  from: new Option('--from <domains>', 'domains to grant them to (default *)'),
  silverlight: new Option('--silverlight', 'answer Silverlight’s request instead'),
};
const SITE = ['name', 'title', 'owner', 'purpose', 'contact', 'keywords', 'unlisted', 'listing', 'via'] as const;
const SUITE = ['port', 'address', 'domain', 'publicUrl', 'stunPort', 'trustProxy'] as const;
const ALL = ['json', 'home'] as const;

type Run = (context: Context, argument: string) => Promise<void>;

function build(): Command {
  const program = new Command('porthole')
    .description('Put a site online from the computer it lives on, and let visitors reach it directly.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .showHelpAfterError();
  const command = (name: string, description: string, names: readonly (keyof typeof options)[], run: Run, fallback = ''): void => {
    const made = program.command(name).description(description);
    for (const key of names) made.addOption(options[key]);
    made.action(async (...args: unknown[]) => {
      const argument = made.registeredArguments.length > 0 ? ((args[0] as string | undefined) ?? fallback) : '';
      await execute(made.opts(), (context) => run(context, argument), made.name() === 'get');
    });
  };
  command(
    'up [folder]',
    'suite and host on this machine (without a folder: the example site)',
    [...SUITE, ...SITE, ...ALL],
    up,
    join(packageFolder, 'examples', 'site'),
  );
  command('suite', 'the suite alone, for a public machine', [...SUITE, ...ALL], suite);
  command('host <folder>', 'bring a folder online at a suite', ['suite', ...SITE, ...ALL], host);
  command('open <link>', 'visit: a gateway on this machine', ['port', 'via', ...ALL], open);
  command('get <link>', 'visit: one resource, to stdout', ['output', 'via', ...ALL], get);
  command('policy', 'the socket policy server alone', ['port', 'address', 'toPorts', 'from', 'silverlight', ...ALL], policy);
  return program;
}

/** Runs a command to its end: everything is closed, and an error becomes an event and the exit status. */
async function execute(flags: Record<string, unknown>, run: (context: Context) => Promise<void>, toStderr: boolean): Promise<void> {
  const life = new Lifetime(process);
  try {
    const settings = await readSettings(flags, process.env, process.cwd());
    const output = createOutput(settings.json ?? false, toStderr ? process.stderr : process.stdout);
    await run({ settings, output, life, version, stdout: process.stdout });
  } catch (thrown) {
    fail(
      life.signal.aborted ? new PortholeError('CANCELLED') : asPortholeError(thrown),
      flags.json === true || process.env.PORTHOLE_JSON === 'true',
      toStderr,
    );
  } finally {
    await life.end();
  }
}

function fail(error: PortholeError, json: boolean, toStderr: boolean): void {
  process.exitCode = ERRORS[error.code].exit;
  if (json) (toStderr ? process.stderr : process.stdout).write(`${JSON.stringify(errorEvent(error))}\n`);
  else process.stderr.write(`porthole: ${error.message} (${error.code})\n`);
}

// A reader that has enough (`porthole get … | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await build().parseAsync();
} catch (thrown) {
  if (!(thrown instanceof CommanderError)) throw thrown;
  if (thrown.exitCode !== 0) {
    fail(
      new PortholeError('USAGE', `${thrown.message.replace(/^error: /, '')}; try: porthole --help`),
      process.argv.includes('--json'),
      false,
    );
  }
}
// Libraries may leave timers and sockets behind; a command that has ended ends the process.
process.exit(process.exitCode ?? 0);
