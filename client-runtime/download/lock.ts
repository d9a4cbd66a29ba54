// SPDX-License-Identifier: Apache-2.0
// A lock file that names the process that holds it, so that a killed process does not keep others out.

import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { PortholeError } from '../../proto/errors.ts';

/** How long a lock file without a name in it is waited for, in milliseconds: its maker has written nothing yet. */
const UNNAMED_MS = 250;
/** Times that a lock which others take and leave meanwhile is tried. */
const TRIES = 10;

/**
 * Takes a lock; returns what gives it back.
 * @throws PortholeError STORAGE_FAILED when another process that lives has it; what the file system throws
 */
export async function takeLock(path: string): Promise<() => Promise<void>> {
  const name = await nameOf(process.pid);
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      await writeFile(path, name, { flag: 'wx', mode: 0o600 });
      return () => rm(path, { force: true });
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    }
    const holder = await holderOf(path);
    if (holder === null) continue; // it was given back
    if (await lives(holder)) throw held(holder);
    await clear(path, holder);
  }
  throw held('');
}

function held(holder: string): PortholeError {
  const who = Number.parseInt(holder, 10) ? `process ${Number.parseInt(holder, 10)}` : 'another process';
  return new PortholeError('STORAGE_FAILED', `${who} is writing this file`);
}

/** What the lock file says; null when there is none any more. */
async function holderOf(path: string): Promise<string | null> {
  const read = (): Promise<string | null> => readFile(path, 'utf8').catch(() => null);
  const holder = await read();
  if (holder !== '') return holder;
  await pause(UNNAMED_MS);
  return read();
}

/** Takes away the lock of a process that is gone; if another has taken it meanwhile, that one's stays. */
async function clear(path: string, holder: string): Promise<void> {
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
    if ((await readFile(aside, 'utf8')) !== holder) await link(aside, path);
  } catch {
    // Somebody was quicker: the next try shows who.
  }
  await rm(aside, { force: true });
}

async function lives(holder: string): Promise<boolean> {
  const pid = Number.parseInt(holder, 10);
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return (await nameOf(pid)) === holder;
}

/** A process's number, and where the system tells it the moment it was started: numbers are given out again. */
async function nameOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name in the second field may hold anything; what follows it does not. The start is the 22nd field: proc_pid_stat(5).
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return `${pid} ${started}`;
}
