// SPDX-License-Identifier: Apache-2.0
// Where passwords come from: a file, the environment, or a person at the terminal. Never the command line, which others see.

import { open } from 'node:fs/promises';
import { onePassword, passwordCredentials } from '../../client-runtime/visitor/credentials.ts';
import { keepPassword, type PasswordVerifier, readVerifier } from '../../host-agent/access/password.ts';
import { watchFile } from '../../host-agent/access/watched-file.ts';
import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import type { Credentials } from '../../transport/continuity/gate.ts';
import { MAX_PASSWORD_BYTES } from '../../transport/continuity/password.ts';
import { nodeSalting } from '../../transport/continuity/password-node.ts';
import type { Settings } from '../settings/settings.ts';
import type { Context } from './context.ts';

/**
 * The password that visitors of a hosted site need; null when none was asked for.
 * @param file where its verifier is kept: a host that is started again without a terminal needs no more
 * @throws PortholeError CONFIG_INVALID when there is no password to be had; USAGE, STORAGE_FAILED, CANCELLED
 */
export async function hostPassword(
  { settings, prompt, output }: Pick<Context, 'settings' | 'prompt' | 'output'>,
  file: string,
): Promise<PasswordVerifier | null> {
  const given = await givenPassword(settings);
  if (given !== null) return keepPassword(file, given);
  if (settings.password === undefined) return null;
  const kept = await readVerifier(file);
  if (!prompt) {
    if (kept) return kept;
    throw new PortholeError(
      'CONFIG_INVALID',
      '--password asks at a terminal, and there is none: give PORTHOLE_PASSWORD or --password-file the first time',
    );
  }
  for (;;) {
    const first = await prompt(kept ? 'Password for visitors (Enter keeps the one from before): ' : 'Password for visitors: ');
    if (first === '' && kept) return kept;
    if (first !== '' && first === (await prompt('The same again: '))) return keepPassword(file, first);
    output.event({ event: 'password' }, first === '' ? 'A password has at least one character.' : 'The two differ.');
  }
}

/**
 * The password of a site as it is now, whenever it is asked for: `porthole password` changes it while a host runs, and so does who
 * writes another one into `--password-file`.
 * @returns null when visitors need none
 * @throws PortholeError as `hostPassword`
 */
export async function openPassword(context: Context, file: string): Promise<(() => Promise<PasswordVerifier>) | null> {
  const { settings, output } = context;
  const first = await hostPassword(context, file);
  if (!first) return null;
  const trouble = (error: PortholeError): void => output.trouble(error);
  const kept = await watchFile(file, async () => (await readVerifier(file)) ?? missing(file), trouble);
  const { passwordFile } = settings;
  if (passwordFile === undefined) return kept;
  const given = await watchFile(passwordFile, () => readPassword(passwordFile), trouble);
  let known = await given();
  let keeping: Promise<void> = Promise.resolve(); // one after the other: each has a salt of its own
  const keep = async (): Promise<void> => {
    const password = await given();
    if (password === known) return;
    known = password;
    await keepPassword(file, password).catch((error) => trouble(asPortholeError(error)));
  };
  return async () => {
    keeping = keeping.then(keep);
    await keeping;
    return kept();
  };
}

function missing(file: string): never {
  throw new PortholeError('STORAGE_FAILED', `the password's file ${file} is gone; the password stays as it was`);
}

/**
 * How a visitor answers a site that asks for its password.
 * @throws PortholeError CONFIG_INVALID when the password's file cannot be read
 */
export async function visitorPassword({ settings, prompt, output }: Context): Promise<Pick<Credentials, 'answer'>> {
  const given = await givenPassword(settings);
  if (given !== null) return onePassword(given, nodeSalting);
  if (!prompt) return {};
  return passwordCredentials({
    salting: nodeSalting,
    async ask({ code }) {
      if (code === 'PASSWORD_WRONG') output.event({ event: 'password', code }, 'That is not the password.');
      return (await prompt('Password of the site: ')) || null;
    },
  });
}

/** The password of the settings; null when they have none. */
async function givenPassword({ password, passwordFile }: Settings): Promise<string | null> {
  if (passwordFile !== undefined) return readPassword(passwordFile);
  return typeof password === 'string' ? password : null;
}

/** The first line of a file. */
async function readPassword(name: string): Promise<string> {
  const refuse = (why: string, cause?: unknown): PortholeError =>
    new PortholeError('CONFIG_INVALID', `the password file ${name} ${why}`, { cause });
  let text: string;
  try {
    const file = await open(name);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_PASSWORD_BYTES + 2), 0, MAX_PASSWORD_BYTES + 2, 0);
      text = buffer.toString('utf8', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw refuse(`cannot be read: ${(error as Error).message}`, error);
  }
  const [line = ''] = text.split(/\r?\n/, 1);
  if (line === '') throw refuse('has no password in its first line');
  return line;
}
