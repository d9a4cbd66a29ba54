// SPDX-License-Identifier: Apache-2.0
// Mocha's own report for people, its counts and what failed in a file for test/run.ts, and a word on what the tests left open.

import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** How long a process may go on once its tests are done, in milliseconds. */
const GRACE_MS = 5000;

export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const failed: { title: string; why: string }[] = [];
    const retried: typeof failed = [];
    const note = (list: typeof failed) => (test: Mocha.Test, error: Error) =>
      list.push({ title: test.fullTitle(), why: String(error?.stack ?? error) });
    runner.on('fail', note(failed));
    runner.on('retry', note(retried));
    runner.once('end', () => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      const file = process.env.PORTHOLE_TEST_REPORT;
      if (file) writeFileSync(file, JSON.stringify({ passes, failures, pending, failed, retried }));
      // Does not hold the process itself, so it is heard only where something else does.
      setTimeout(() => endWith(failures), GRACE_MS).unref();
    });
  }
}

/**
 * Ends a process that does not end by itself: as failed, unless all that is open is what node-datachannel keeps to itself (a
 * channel that its peer closed before it was announced here), which Node does not list.
 */
function endWith(failures: number): void {
  const open = process.getActiveResourcesInfo();
  const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] };
  if (open.length === 0 && !sharedObjects.some((file) => file.includes('node_datachannel'))) open.push('something that Node does not list');
  if (open.length > 0) console.error(`The tests left open: ${open.join(', ')}`);
  process.exit(failures > 0 || open.length > 0 ? 1 : 0);
}
