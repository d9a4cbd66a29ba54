// SPDX-License-Identifier: Apache-2.0
// Secrets in heads: hidden where they are shown, and put back where a mask was left.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MASK, maskAddress, maskHeads, maskValue, unmask } from '../../../../host-agent/inspect/mask.ts';

const SECRET = 'S3cr3t-Value';

describe('secrets in heads', () => {
  it('are hidden in fields, each with what is no secret of it', () => {
    const cases: [string, string, string][] = [
      ['authorization', `Bearer ${SECRET}`, 'Bearer ***'],
      ['authorization', `Basic ${SECRET}`, 'Basic ***'],
      ['proxy-authorization', SECRET, '***'],
      ['cookie', `sid=${SECRET}; theme=${SECRET}`, 'sid=***; theme=***'],
      ['set-cookie', `sid=${SECRET}; Path=/; HttpOnly`, 'sid=***; Path=/; HttpOnly'],
      ['x-api-key', SECRET, '***'],
      ['x-csrf-token', SECRET, '***'],
      ['location', `/next?code=${SECRET}&state=1#top`, '/next?code=***&state=1#top'],
      ['referer', `https://a/?access_token=${SECRET}`, 'https://a/?access_token=***'],
      ['accept', 'text/html', 'text/html'],
    ];
    for (const [name, value, masked] of cases) assert.equal(maskValue(name, value), masked, name);
  });

  it('are hidden in addresses, whatever else is in those', () => {
    assert.equal(maskAddress(`/a?access_token=${SECRET}&q=key&api_key=${SECRET}`), '/a?access_token=***&q=key&api_key=***');
    assert.equal(maskAddress(`/a?access%5Ftoken=${SECRET}`), '/a?access%5Ftoken=***');
    assert.equal(maskAddress(`/a?X-Amz-Signature=${SECRET}`), '/a?X-Amz-Signature=***');
    assert.equal(maskAddress('/a?monkey=1&token='), '/a?monkey=1&token=');
    assert.equal(maskAddress('/token=1'), '/token=1');
    assert.equal(maskAddress(`/a?%E0%A4%A=1&token=${SECRET}`), '/a?%E0%A4%A=1&token=***');
  });

  const secretField = fc.constantFrom('authorization', 'cookie', 'x-api-key', 'referer', 'x-plain');
  const secretValue = fc.constantFrom(`Bearer ${SECRET}`, `a=${SECRET}; b=2`, `https://h/?token=${SECRET}&x=1`, 'nothing');
  const target = fc.constantFrom('/', `/a?token=${SECRET}`, `/a?x=1&sig=${SECRET}&sig=other&y`, '/b?');

  it('come back when what was masked is sent as it was shown', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ name: secretField, value: secretValue })), target, (headers, asked) => {
        const original = { method: 'GET', target: asked, authority: 'a', headers };
        const { request } = maskHeads({ request: original, response: null });
        assert.deepEqual(unmask(request, original), original);
      }),
    );
  });

  it('come back beside what was changed', () => {
    const original = {
      method: 'GET',
      target: `/a?token=${SECRET}&x=1`,
      authority: 'a',
      headers: [
        { name: 'cookie', value: `a=${SECRET}; b=${SECRET}2` },
        { name: 'authorization', value: `Bearer ${SECRET}` },
      ],
    };
    const changed = {
      ...original,
      target: `/other?x=2&token=${MASK}`,
      headers: [
        { name: 'cookie', value: `b=${MASK}; c=3` },
        { name: 'authorization', value: 'Bearer mine' },
      ],
    };
    assert.deepEqual(unmask(changed, original), {
      ...original,
      target: `/other?x=2&token=${SECRET}`,
      headers: [
        { name: 'cookie', value: `b=${SECRET}2; c=3` },
        { name: 'authorization', value: 'Bearer mine' },
      ],
    });
  });
});
