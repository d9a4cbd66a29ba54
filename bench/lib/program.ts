// SPDX-License-Identifier: Apache-2.0
// The program of the measured processes, as JavaScript: what users run has no TypeScript to strip, and does not carry the stripper.

import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Where the processes' programs are: the one each runs, and the module of each workload. */
export interface Program {
  readonly end: string;
  workload(name: string): string;
}

const bench = join(import.meta.dirname, '..');

/** The workloads that there are: one file each. */
export function workloadNames(): string[] {
  return readdirSync(join(bench, 'workloads')).flatMap((file) => (file.endsWith('.ts') ? [file.slice(0, -3)] : []));
}

/** The sources as they are: for profiles, which name their lines. */
export const sources: Program = {
  end: join(bench, 'lib', 'end.ts'),
  workload: (name) => pathToFileURL(join(bench, 'workloads', `${name}.ts`)).href,
};

/**
 * Makes JavaScript of the sources.
 * @param folder where to: a temporary one, which is the caller's
 * @param workload the one that is measured
 */
export async function compiled(folder: string, workload: string): Promise<Program> {
  const { build } = await import('esbuild');
  const peers = join(folder, 'programs');
  const out = join(peers, 'program');
  mkdirSync(peers);
  await build({
    entryPoints: [join(bench, 'lib', 'end.ts'), join(bench, 'workloads', `${workload}.ts`)],
    outbase: bench,
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // A module that several ends import stays one; what one end imports, the others do not load.
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node24',
    logLevel: 'error',
  });
  // Node looks from the inside out: what Porthole has is Porthole's, what only the peers have is theirs.
  symlinkSync(join(bench, '..', 'node_modules'), join(out, 'node_modules'), 'junction');
  symlinkSync(join(bench, 'node_modules'), join(peers, 'node_modules'), 'junction');
  return {
    end: join(out, 'lib', 'end.mjs'),
    workload: (name) => pathToFileURL(join(out, 'workloads', `${name}.mjs`)).href,
  };
}
