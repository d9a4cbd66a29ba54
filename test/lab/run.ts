// SPDX-License-Identifier: Apache-2.0
// `npm run lab -- run`: a command in the visitor's place, with a site to visit.

import { once } from 'node:events';
import { constants } from 'node:os';
import { type LabOptions, openLab } from './lab.ts';
import { openStage } from './stage.ts';

/** Bytes of the site's file.bin. */
const FILE_BYTES = 1_000_000;

/**
 * Runs a command where the visitor is, with LAB_LINK (the site), LAB_FILE (a file of it) and LAB_SUITE set.
 * @returns its exit status, as a shell has it
 */
export async function run(options: LabOptions, command: readonly string[], say: (line: string) => void): Promise<number> {
  const lab = await openLab(options);
  try {
    const stage = await openStage(lab, FILE_BYTES);
    say(`host ${options.host}, visitor ${options.visitor}, ${options.rttMs ?? 0} ms, loss ${options.loss ?? 0}: ${stage.link}`);
    say(`file.bin has the SHA-256 ${stage.digest}`);
    const [program, ...args] = command as [string, ...string[]];
    const child = lab.spawn('visitor', program, args, {
      stdio: 'inherit',
      env: {
        ...process.env,
        LAB_LINK: stage.link,
        LAB_FILE: stage.file,
        LAB_SUITE: stage.suiteUrl,
        PORTHOLE_HOME: `${lab.folder}/visitor`,
      },
    });
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    for (const event of stage.host.events) say(`host: ${JSON.stringify(event)}`);
    await stage.close();
    return code ?? 128 + (signal ? constants.signals[signal] : 0);
  } finally {
    await lab.close();
  }
}
