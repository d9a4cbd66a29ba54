// SPDX-License-Identifier: Apache-2.0
// A long upload and a long download of curl's by the suite's gateway and by `open`: each end's memory stays flat.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { LargeStage, type Transfer } from '../support/http-large.ts';
import { isLong, shortOrLong } from '../support/long.ts';

const MIB = 2 ** 20;
/** In its long form as long as people send at the most. */
const UPLOAD_BYTES = shortOrLong(160, 1024) * MIB;
const DOWNLOAD_BYTES = shortOrLong(160, 10 * 1024) * MIB;
/** What each end may rise by, in MiB. */
const MOST_RISE_MIB = 60;

describe('long transfers by the gateways', function () {
  this.timeout(isLong ? 1_800_000 : 240_000);
  let stage: LargeStage;

  before(async function () {
    if (!existsSync('/usr/bin/curl') || process.platform !== 'linux') {
      console.log('      skipped: there is no curl here (Debian: apt-get install curl)');
      this.skip();
    }
    stage = await LargeStage.start();
  });
  after(() => stage?.stop());

  function flat({ bytes, memory, seconds }: Transfer, expected: number): void {
    assert.equal(bytes, expected);
    if (isLong) console.log(`      ${seconds.toFixed(0)} s`, memory);
    for (const [end, [before, peak]] of Object.entries(memory)) {
      assert.ok(peak - before < MOST_RISE_MIB, `${end} rose by ${(peak - before).toFixed(0)} MiB`);
    }
  }

  for (const by of ['suite', 'open'] as const) {
    it(`an upload of ${UPLOAD_BYTES / MIB} MiB, ${by}`, async () => flat(await stage.upload(by, UPLOAD_BYTES), UPLOAD_BYTES));
    it(`a download of ${DOWNLOAD_BYTES / MIB} MiB, ${by}`, async () => flat(await stage.download(by, DOWNLOAD_BYTES), DOWNLOAD_BYTES));
  }
});
