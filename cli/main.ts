#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The program `porthole`: reads the command line and the environment, runs one command, and turns its end into an exit status.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { asPortholeError, ERRORS, PortholeError } from '../proto/errors.ts';
import type { Context } from './context.ts';
import { boundHeap } from './heap.ts';
import { Lifetime } from './lifetime.ts';
import { COMMANDS } from './options.ts';
import { createOutput, errorEvent } from './output.ts';
import { packageFolder } from './package-folder.ts';
import { terminalPrompt } from './prompt.ts';
import { readSettings } from './settings.ts';

const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
/** Where events go: the content of `get` has stdout to itself. */
const events = process.argv[2] === 'get' ? process.stderr : process.stdout;

function build(): Command {
  const program = new Command('porthole')
    .description('Put a site online from the computer it lives on, and let visitors reach it directly.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  for (const { usage, description, options, fallback = '', load } of COMMANDS) {
    const command = program.command(usage).description(description);
    for (const option of options) command.addOption(option);
    command.action(async (...given: unknown[]) => {
      const argument = typeof given[0] === 'string' ? given[0] : fallback;
      await execute(command.opts(), async (context) => (await load())(context, argument));
    });
  }
  return program;
}

/** Runs a command to its end: everything is closed, and an error becomes an event and the exit status. */
async function execute(flags: Record<string, unknown>, run: (context: Context) => Promise<void>): Promise<void> {
  const life = new Lifetime(process);
  let json: boolean | undefined;
  try {
    const settings = await readSettings(flags, process.env, process.cwd());
    json = settings.json;
    const output = createOutput(settings.json ?? false, events);
    const prompt = terminalPrompt(process.stdin, process.stderr, life.signal);
    await run({ settings, output, life, version, stdout: process.stdout, prompt });
  } catch (thrown) {
    fail(life.signal.aborted ? new PortholeError('CANCELLED') : asPortholeError(thrown), json);
  } finally {
    await life.end();
  }
}

/** @param json what the settings say; they may be what is wrong, and then the command line tells */
function fail(error: PortholeError, json = process.argv.includes('--json')): void {
  process.exitCode = ERRORS[error.code].exit;
  if (json) events.write(`${JSON.stringify(errorEvent(error))}\n`);
  else process.stderr.write(`porthole: ${error.message} (${error.code})\n`);
}

boundHeap();
// A reader that has enough (`porthole … | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

try {
  await build().parseAsync();
} catch (thrown) {
  if (!(thrown instanceof CommanderError)) throw thrown;
  // The library's words for "help was shown" and "version was shown" are errors with status 0.
  if (thrown.code === 'commander.help') process.stdout.write(build().helpInformation());
  else if (thrown.exitCode !== 0) fail(new PortholeError('USAGE', `${thrown.message.replace(/^error: /, '')}; try porthole --help`));
}
// Libraries may leave timers and sockets behind; a command that has ended ends the process.
process.exit();
