// SPDX-License-Identifier: Apache-2.0
// Mocha's own report for people, and its counts in a file for test/run.ts.

import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    runner.once('end', () => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      const file = process.env.PORTHOLE_TEST_REPORT;
      if (file) writeFileSync(file, JSON.stringify({ passes, failures, pending }));
    });
  }
}
