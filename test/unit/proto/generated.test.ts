// SPDX-License-Identifier: Apache-2.0
// The committed codec is what the .proto files make.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const proto = join(import.meta.dirname, '../../../proto');

describe('generated codec', () => {
  it('is up to date with the .proto files (npm run proto)', async () => {
    const fresh = await mkdtemp(join(tmpdir(), 'porthole-proto-'));
    try {
      await promisify(execFile)(process.execPath, [join(proto, 'generate.ts'), fresh]);
      const names = await readdir(fresh);
      assert.deepEqual(names.sort(), (await readdir(join(proto, 'generated'))).sort());
      for (const name of names) {
        const [made, committed] = await Promise.all([
          readFile(join(fresh, name), 'utf8'),
          readFile(join(proto, 'generated', name), 'utf8'),
        ]);
        assert.ok(made === committed, `proto/generated/${name} is stale: npm run proto`);
      }
    } finally {
      await rm(fresh, { recursive: true });
    }
  });
});
