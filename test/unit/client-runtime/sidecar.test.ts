// SPDX-License-Identifier: Apache-2.0
// The note beside a partial file: whatever it says, nothing crashes, and nothing is gone on with that does not belong together.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  BOOT_TOLERANCE_MS,
  isStrong,
  MAX_SIDECAR_BYTES,
  readSidecar,
  type Sidecar,
  trusted,
  writeSidecar,
} from '../../../client-runtime/download/sidecar.ts';

const RUNS = { seed: 20_261_122, numRuns: 2000 };
const note: Sidecar = { url: 'http://site/a', etag: '"one"', whole: 1000, synced: 400, boot: 1_700_000_000_000 };
const count = fc.maxSafeNat();
const sidecars = fc
  .record(
    {
      url: fc.webUrl(),
      etag: fc.stringMatching(/^"[!#-~]{0,40}"$/),
      whole: fc.option(count),
      synced: count,
      boot: fc.double({ noNaN: true, noDefaultInfinity: true }),
    },
    { noNullPrototype: true },
  )
  .map((one) => ({ ...one, boot: one.boot + 0, synced: Math.min(one.synced, one.whole ?? one.synced) }));

describe('sidecar', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(sidecars, (one) => assert.deepEqual(readSidecar(writeSidecar(one)), one)),
      { ...RUNS, numRuns: 300 },
    );
    assert.deepEqual(readSidecar(JSON.stringify({ ...JSON.parse(writeSidecar(note)), later: 'a field of a later version' })), note);
  });

  it('of any text is null, or makes sense', () => {
    const text = writeSidecar(note);
    const edits = fc.tuple(
      fc.nat(text.length),
      fc.nat(20),
      fc.oneof(fc.string(), fc.constantFrom('null', '-1', '1e99', '"', '{', '[]', '0.5')),
    );
    const any = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      edits.map(([at, gone, put]) => text.slice(0, at) + put + text.slice(at + gone)),
    );
    fc.assert(
      fc.property(any, fc.nat(2000), fc.double(), (given, size, boot) => {
        const read = readSidecar(given);
        if (!read) return;
        assert.ok(
          isStrong(read.etag) && Number.isSafeInteger(read.synced) && read.synced >= 0 && read.synced <= (read.whole ?? read.synced),
        );
        const bytes = trusted(read, note.url, size, boot);
        assert.ok(bytes >= 0 && bytes <= size && bytes <= (read.whole ?? size), `${bytes} of ${size}`);
        if (read.url !== note.url) assert.equal(bytes, 0);
      }),
      RUNS,
    );
  });

  const wrong: Record<string, unknown> = {
    'a weak tag': { etag: 'W/"one"' },
    'no tag': { etag: null },
    'a tag with a line in it': { etag: '"one\r\nx: y"' },
    'more written than there is': { synced: 1001 },
    'less than nothing': { synced: -1 },
    'half a byte': { whole: 0.5 },
    'no moment': { boot: '1' },
    'another kind': { kind: 'porthole partial 2' },
    'a long address': { url: 'x'.repeat(5000) },
  };
  for (const [name, fields] of Object.entries(wrong)) {
    it(`with ${name} is none`, () =>
      assert.equal(readSidecar(JSON.stringify({ ...JSON.parse(writeSidecar(note)), ...(fields as object) })), null));
  }

  it(`with more than ${MAX_SIDECAR_BYTES} characters is none`, () => {
    const text = writeSidecar(note).trimEnd();
    assert.deepEqual(readSidecar(text.padEnd(MAX_SIDECAR_BYTES)), note);
    assert.equal(readSidecar(text.padEnd(MAX_SIDECAR_BYTES + 1)), null);
  });

  it('lets all count that was written since the computer was started, and later only what was on the disk', () => {
    const { url, boot } = note;
    assert.equal(trusted(note, url, 700, boot), 700);
    assert.equal(trusted(note, url, 700, boot + BOOT_TOLERANCE_MS - 1), 700);
    assert.equal(trusted(note, url, 700, boot + BOOT_TOLERANCE_MS), 400);
    assert.equal(trusted(note, url, 700, boot - BOOT_TOLERANCE_MS), 400);
    assert.equal(trusted(note, url, 300, boot + 1e9), 300, 'cut');
    assert.equal(trusted(note, url, 1001, boot), 0, 'longer than the whole');
    assert.equal(trusted(note, 'http://site/b', 700, boot), 0, 'another resource');
  });
});
