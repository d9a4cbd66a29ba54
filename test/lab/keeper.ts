// SPDX-License-Identifier: Apache-2.0
// The process that holds a lab's namespaces: builds what it is told, carries the wire, and clears up when its owner is gone.

import { execFile } from 'node:child_process';
import { readdirSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { flushConntrack } from './libc.ts';
import type { WireOptions } from './wire.ts';

/** What the owner asks. */
export type Asked = { readonly id: number } & (
  | { readonly do: 'run'; readonly script: string }
  | { readonly do: 'wire'; readonly wire: WireOptions }
  | { readonly do: 'forget'; readonly namespaces: readonly string[] }
);
export interface Answered {
  readonly id: number;
  readonly error?: string;
}

const folder = process.argv[2] as string;

function run(script: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile('sh', ['-e'], (error, _out, errors) => (error ? reject(new Error(errors || error.message)) : resolve()));
    child.stdin?.end(script);
  });
}

async function obey(asked: Asked): Promise<void> {
  switch (asked.do) {
    case 'run':
      return run(asked.script);
    case 'wire': {
      const worker = new Worker(join(import.meta.dirname, 'wire.ts'), { workerData: asked.wire });
      worker.on('error', (error) => {
        console.error(`the lab's wire broke: ${error.message}`);
        end();
      });
      return new Promise((resolve) => worker.once('online', () => resolve()));
    }
    case 'forget':
      for (const name of asked.namespaces) flushConntrack(`/run/netns/${name}`);
  }
}

/** Ends every process of this user namespace, which is this lab's alone, removes its files, and ends. */
function end(): void {
  const own = readlinkSync('/proc/self/ns/user');
  // Again until none is left: one may have begun another meanwhile.
  for (let rounds = 0, found = true; found && rounds < 20; rounds++) {
    found = false;
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
      try {
        if (readlinkSync(`/proc/${name}/ns/user`) !== own || /\bstate:\s+Z/i.test(name)) continue;
        process.kill(Number(name), 'SIGKILL');
        found = true;
      } catch {
        // It has ended, or is not ours to see.
      }
    }
  }
  rmSync(folder, { recursive: true, force: true });
  // Not by exit, which would wait for a wire that waits for a packet.
  process.kill(process.pid, 'SIGKILL');
}

// A signal to the whole group is for the owner: what it leaves open ends with the channel to it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', end);
process.on('message', (asked: Asked) => {
  obey(asked).then(
    () => process.send?.({ id: asked.id }),
    (error: Error) => process.send?.({ id: asked.id, error: error.message }),
  );
});
