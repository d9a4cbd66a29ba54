#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The program `porthole`: reads the command line and the environment, runs one command, and turns its end into an exit status.

import { readFileSync } from 'node:fs';
import { setDefaultAutoSelectFamilyAttemptTimeout } from 'node:net';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { asPortholeError, ERRORS, PortholeError } from '../proto/errors.ts';
import { COMMANDS } from './options.ts';
import { boundHeap } from './running/heap.ts';
import { packageFolder } from './settings/package-folder.ts';
import { readSettings } from './settings/settings.ts';
import type { Context } from './terminal/context.ts';
import { Lifetime } from './terminal/lifetime.ts';
import { createOutput, errorEvent, eventLine } from './terminal/output.ts';
import { terminalPrompt } from './terminal/prompt.ts';
import { contentStream, type Loss, Sheltered } from './terminal/standard-streams.ts';

const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as { version: string };
/** The exit status when whoever reads stdout has closed it: what a shell tells of a program that SIGPIPE ended. */
const CLOSED_EXIT = 141;
/**
 * Milliseconds that the first address of a name has before the next is tried; RFC 8305 section 8 allows 2000. Node's own 250 are
 * also this program's: where it is busy for so long, it would give up a connection that stands, and find the suite at `localhost` gone.
 */
const ADDRESS_MS = 1000;
setDefaultAutoSelectFamilyAttemptTimeout(ADDRESS_MS);

const stdout = new Sheltered(process.stdout);
const stderr = new Sheltered(process.stderr);
/** Where events go: the content of `get` has stdout to itself. */
const events = process.argv[2] === 'get' ? stderr : stdout;

function build(): Command {
  const program = new Command('porthole')
    .description('Put a site online from the computer it lives on, and let visitors reach it directly.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  for (const { usage, description, options, fallback = '', lasting = false, load } of COMMANDS) {
    const command = program.command(usage).description(description);
    for (const option of options) command.addOption(option);
    command.action(async (...given: unknown[]) => {
      const argument = typeof given[0] === 'string' ? given[0] : fallback;
      await execute(command.opts(), lasting, async (context) => (await load())(context, argument));
    });
  }
  return program;
}

/** Runs a command to its end: everything is closed, and an error becomes an event and the exit status. */
async function execute(flags: Record<string, unknown>, lasting: boolean, run: (context: Context) => Promise<void>): Promise<void> {
  const life = new Lifetime(process);
  let json: boolean | undefined;
  let lost: Loss | undefined;
  stdout.onLost = (loss) => {
    if (lasting) return void (loss !== 'closed' && tellError(loss, '; nothing more is written there'));
    lost = loss;
    life.stop();
  };
  try {
    const settings = await readSettings(flags, process.env, process.cwd());
    json = settings.json;
    const output = createOutput(settings.json ?? false, events);
    const prompt = terminalPrompt(process.stdin, process.stderr, life.signal);
    await run({ settings, output, life, version, stdout: contentStream(process.stdout), stderr, prompt });
    await stdout.flushed();
    if (lost) failWriting(lost);
  } catch (thrown) {
    await stdout.flushed();
    if (lost) failWriting(lost);
    else fail(life.signal.aborted ? new PortholeError('CANCELLED') : asPortholeError(thrown), json);
  } finally {
    await life.end();
  }
}

/** A command that had something to say, and nobody to say it to: quietly, if whoever read it has enough. */
function failWriting(loss: Loss): void {
  if (loss === 'closed') process.exitCode = CLOSED_EXIT;
  else fail(loss, false);
}

/** @param json what the settings say; they may be what is wrong, and then the command line tells */
function fail(error: PortholeError, json = process.argv.includes('--json')): void {
  process.exitCode = ERRORS[error.code].exit;
  if (json) events.write(`${eventLine(errorEvent(error))}\n`);
  else tellError(error);
}

function tellError(error: PortholeError, more = ''): void {
  stderr.write(`porthole: ${error.message}${more} (${error.code})\n`);
}

boundHeap();
try {
  await build().parseAsync();
} catch (thrown) {
  if (!(thrown instanceof CommanderError)) throw thrown;
  stdout.onLost = failWriting;
  // The library's words for "help was shown" and "version was shown" are errors with status 0.
  if (thrown.code === 'commander.help') stdout.write(build().helpInformation());
  else if (thrown.exitCode !== 0) fail(new PortholeError('USAGE', `${thrown.message.replace(/^error: /, '')}; try porthole --help`));
}
await stdout.flushed();
// Libraries may leave timers and sockets behind; a command that has ended ends the process.
process.exit();
