// SPDX-License-Identifier: Apache-2.0
// Tests of conditional requests: the order of RFC 9110 section 13.2.2, entity tags, dates.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  httpDate,
  judge,
  namesHash,
  rangeStillHolds,
  readEntityTags,
  readHttpDate,
  reprDigest,
  tagFor,
  type Verdict,
  validatorsOf,
} from '../../../../host-agent/static/validators.ts';

describe('static/validators', () => {
  const now = { etag: '"now"', also: '"too"', modified: 784111777 };
  const then = 'Sun, 06 Nov 1994 08:49:37 GMT';
  const before = 'Sun, 06 Nov 1994 08:49:36 GMT';
  const facts = { size: 10, mtimeNs: 1_700_000_000_000_000_001n, ctimeNs: 1_700_000_000_000_000_002n, inode: 7n, device: 3n };
  /** SHA-256 of nothing. */
  const HASH = '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU';

  const cases: [headers: Record<string, string>, verdict: Verdict][] = [
    [{}, 'proceed'],
    [{ 'if-match': '"now"' }, 'proceed'],
    [{ 'if-match': '*' }, 'proceed'],
    [{ 'if-match': '"old", "now"' }, 'proceed'],
    [{ 'if-match': '"too"' }, 'proceed'],
    [{ 'if-match': 'W/"too"' }, 'failed'],
    [{ 'if-match': '"old"' }, 'failed'],
    [{ 'if-match': 'W/"now"' }, 'failed'],
    [{ 'if-match': 'now' }, 'failed'],
    [{ 'if-match': '"now"', 'if-unmodified-since': before }, 'proceed'],
    [{ 'if-unmodified-since': then }, 'proceed'],
    [{ 'if-unmodified-since': before }, 'failed'],
    [{ 'if-unmodified-since': 'yesterday' }, 'proceed'],
    [{ 'if-none-match': '"now"' }, 'not-modified'],
    [{ 'if-none-match': 'W/"now"' }, 'not-modified'],
    [{ 'if-none-match': '*' }, 'not-modified'],
    [{ 'if-none-match': '"old", W/"too"' }, 'not-modified'],
    [{ 'if-none-match': '"old" , W/"older",,"now"' }, 'not-modified'],
    [{ 'if-none-match': '"old"' }, 'proceed'],
    [{ 'if-none-match': '"old"', 'if-modified-since': then }, 'proceed'],
    [{ 'if-none-match': '"now"', 'if-modified-since': before }, 'not-modified'],
    [{ 'if-modified-since': then }, 'not-modified'],
    [{ 'if-modified-since': before }, 'proceed'],
    [{ 'if-modified-since': '1994-11-06' }, 'proceed'],
    [{ 'if-match': '"old"', 'if-none-match': '"now"' }, 'failed'],
    [{ 'if-match': '"now"', 'if-none-match': '"now"' }, 'not-modified'],
  ];
  for (const [headers, verdict] of cases) {
    it(`judges ${JSON.stringify(headers)}: ${verdict}`, () => assert.equal(judge(new Headers(headers), now), verdict));
  }

  it('lets a range count for the same strong tag or the same date only', () => {
    for (const header of [null, '"now"', '"too"', then]) assert.equal(rangeStillHolds(header, now), true, String(header));
    for (const header of ['"old"', 'W/"now"', 'W/"too"', '"now", "old"', before, 'Sun, 06 Nov 1994 08:49:38 GMT', '', 'now', '*']) {
      assert.equal(rangeStillHolds(header, now), false, header);
    }
  });

  it('gives another tag for another size, time of either kind, inode or coding', () => {
    const tags = [
      validatorsOf(facts, null),
      validatorsOf({ ...facts, size: 11 }, null),
      validatorsOf({ ...facts, mtimeNs: facts.mtimeNs + 1n }, null),
      validatorsOf({ ...facts, ctimeNs: facts.ctimeNs + 1n }, null),
      validatorsOf({ ...facts, inode: 8n }, null),
      validatorsOf(facts, null, 'br'),
      validatorsOf(facts, null, 'gzip'),
    ].map(({ etag }) => etag);
    assert.equal(new Set(tags).size, tags.length);
    for (const tag of tags) assert.match(tag, /^"[0-9a-z-]+(\.br|\.gzip)?"$/);
    assert.equal(validatorsOf(facts, null).modified, 1_700_000_000);
  });

  it('with a hash gives the same tag wherever the same bytes are, and still knows the one of the state', () => {
    const here = validatorsOf(facts, HASH);
    const there = validatorsOf({ size: 10, mtimeNs: 5n, ctimeNs: 6n, inode: 1n, device: 2n }, HASH);
    assert.equal(here.etag, there.etag);
    assert.equal(here.also, validatorsOf(facts, null).etag);
    assert.notEqual(here.also, there.also);
    const zipped = validatorsOf(facts, HASH, 'gzip');
    assert.deepEqual([zipped.etag, zipped.also], [`"sha256.${HASH}.gzip"`, validatorsOf(facts, null, 'gzip').etag]);
  });

  it('answers by the tag that the visitor holds', () => {
    const both = validatorsOf(facts, HASH);
    const [hash, state] = [both.etag, both.also as string];
    const tag = (headers: Record<string, string>, validators = both): string => tagFor(new Headers(headers), validators);
    assert.equal(tag({}), hash);
    for (const field of ['if-none-match', 'if-range', 'if-match']) {
      assert.equal(tag({ [field]: state }), state, field);
      assert.equal(tag({ [field]: hash }), hash, field);
      assert.equal(tag({ [field]: '"old"' }), hash, field);
      assert.ok(namesHash(new Headers({ [field]: `"old", ${hash}` })) && !namesHash(new Headers({ [field]: state })), field);
    }
    assert.equal(tag({ 'if-none-match': `W/${state}, ${hash}` }), hash);
    assert.equal(tag({ 'if-none-match': hash }, validatorsOf(facts, null)), state);
    assert.equal(reprDigest(HASH), 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:');
  });

  it('reads back any list of entity tags', () => {
    const tag = fc.tuple(fc.boolean(), fc.stringMatching(/^"[!#-~]{0,20}"$/)).map(([weak, tag]) => ({ weak, tag }));
    const gap = fc.constantFrom(', ', ',', ' ,\t', ',,', ' , , ');
    fc.assert(
      fc.property(fc.array(tag), gap, (tags, separator) => {
        const header = tags.map(({ weak, tag }) => (weak ? `W/${tag}` : tag)).join(separator);
        assert.deepEqual(readEntityTags(header), tags);
      }),
    );
  });

  it('reads any text without failing, and takes no tag after a mistake', () => {
    fc.assert(fc.property(fc.string(), (text) => void readEntityTags(text)));
    assert.deepEqual(readEntityTags('"a", b, "c"'), [{ weak: false, tag: '"a"' }]);
    assert.deepEqual(readEntityTags('w/"a"'), []);
    assert.deepEqual(readEntityTags('"a" "b"'), []);
    assert.deepEqual(readEntityTags('"a'), []);
  });

  it('reads the three forms of a date, and nothing else', () => {
    const year = new Date().getUTCFullYear();
    for (const text of [then, 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994']) {
      assert.equal(readHttpDate(text), 784111777, text);
    }
    const near = String((year + 10) % 100).padStart(2, '0');
    assert.equal(new Date(Number(readHttpDate(`Monday, 06-Nov-${near} 08:49:37 GMT`)) * 1000).getUTCFullYear(), year + 10);
    for (const text of [
      '',
      '0',
      '784111777',
      '1994-11-06T08:49:37Z',
      `${then} `,
      'Sun, 06 Nov 1994 08:49:37 PST',
      'Sun, 06 Nov 1994 29:49:37 GMT',
    ]) {
      assert.equal(readHttpDate(text), null, text);
    }
    fc.assert(fc.property(fc.string(), (text) => void readHttpDate(text)));
  });

  it('reads back any date it writes, and writes none in the future', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 1_700_000_000 }), (seconds) => assert.equal(readHttpDate(httpDate(seconds)), seconds)));
    for (let time = 0; time < 2; time++) {
      const written = readHttpDate(httpDate(Math.ceil(Date.now() / 1000) + 86_400));
      assert.ok(written !== null && written <= Date.now() / 1000);
    }
    assert.equal(httpDate(784_111_777), httpDate(784_111_777));
    assert.notEqual(httpDate(784_111_777), httpDate(784_111_778));
  });
});
