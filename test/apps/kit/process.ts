// SPDX-License-Identifier: Apache-2.0
// An app as a process: started in a group of its own, waited for until it answers, and ended with all that it started.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import type { Command } from './app.ts';

/** The longest an app may take to answer for the first time, in milliseconds: some compile all they are first. */
const START_MS = 180_000;
/** How long an app may take to end once it is asked, in milliseconds. */
const END_MS = 10_000;
/** How much of what an app says is kept for the report of a failure, in characters. */
const SAID = 4_000;

/** Switches that keep frameworks from telling anybody how they are used, and tools from asking people. */
const QUIET = {
  NEXT_TELEMETRY_DISABLED: '1',
  NUXT_TELEMETRY_DISABLED: '1',
  ASTRO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  NO_UPDATE_NOTIFIER: '1',
  NO_COLOR: '1',
  CI: '1',
};

export interface RunningApp {
  /** The last of what it said. */
  said(): string;
  stop(): Promise<void>;
}

/** A port of loopback that nobody has now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** What a program has of the environment: where programs are, a home of its own beside its folder, and no wish to tell or ask. */
export function appEnvironment(folder: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const path = [join(folder, 'node_modules', '.bin'), dirname(process.execPath), process.env.PATH].join(delimiter);
  return { PATH: path, HOME: join(folder, '..', 'app-home'), LANG: 'C.UTF-8', ...QUIET, ...more };
}

/**
 * Starts an app and waits until it answers at `url`.
 * @throws Error with the app's own words when it ends before that, or takes too long
 */
export async function startApp({ words, env }: Command, folder: string, url: string): Promise<RunningApp> {
  const [program, ...rest] = words;
  const child = spawn(program, rest, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a group of its own
    env: appEnvironment(folder, env),
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-SAID);
    });
  }
  let over: string | null = null;
  const closed = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      over = error.message;
      resolve();
    });
    child.on('close', (code, signal) => {
      over ??= String(code ?? signal);
      resolve();
    });
  });
  const signal = (name: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, name);
    } catch {} // nobody of the group is left
  };
  const stop = async (): Promise<void> => {
    signal('SIGTERM');
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, END_MS).unref())]);
    signal('SIGKILL');
    await closed;
  };
  const end = Date.now() + START_MS;
  for (;;) {
    if (over !== null) throw new Error(`it ended (${over}) before it answered: ${said}`);
    if (await answers(url)) return { said: () => said, stop };
    if (Date.now() > end) {
      await stop();
      throw new Error(`it did not answer in time: ${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { redirect: 'manual' });
    await response.body?.cancel();
    return response.status < 400;
  } catch {
    return false;
  }
}
