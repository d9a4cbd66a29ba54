// SPDX-License-Identifier: Apache-2.0
// What a process and all that it has started hold in memory (Linux), now and at the most.

import { readdir, readFile } from 'node:fs/promises';

/** Milliseconds between two looks. */
const LOOK_EVERY_MS = 1000;

/** MiB that a process and its descendants hold, what they share counted once (proc_pid_smaps_rollup, "Pss"). */
export async function treeMemory(root: number): Promise<number> {
  const children = new Map<number, number[]>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  let sum = 0;
  for (const waiting = [root]; waiting.length > 0; ) {
    const pid = waiting.pop() as number;
    waiting.push(...(children.get(pid) ?? []));
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    sum += Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0);
  }
  return sum / 1024;
}

/** Runs something, and says by how many MiB each tree rose meanwhile. @param roots process ids by names */
export async function riseDuring(roots: Readonly<Record<string, number>>, run: () => Promise<void>): Promise<Record<string, number>> {
  const names = Object.keys(roots);
  const look = (): Promise<number[]> => Promise.all(names.map((name) => treeMemory(roots[name] as number)));
  const before = await look();
  const most = [...before];
  let over = false;
  const watch = (async () => {
    while (!over) {
      (await look()).forEach((now, at) => {
        most[at] = Math.max(most[at] ?? 0, now);
      });
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  })();
  try {
    await run();
  } finally {
    over = true;
    await watch;
  }
  return Object.fromEntries(names.map((name, at) => [name, (most[at] ?? 0) - (before[at] ?? 0)]));
}
