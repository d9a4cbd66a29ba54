// SPDX-License-Identifier: Apache-2.0
// Tests policy-file and ports: what a policy says, and what none may say.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { accessPolicyFile, MAX_POLICY_BYTES, policyFile } from '../../../policy-server/policy-file.ts';
import { formatToPorts, parseToPorts } from '../../../policy-server/ports.ts';
import { PortholeError } from '../../../proto/errors.ts';

const invalid = (words: RegExp) => (error: unknown) =>
  error instanceof PortholeError && error.code === 'CONFIG_INVALID' && words.test(error.message);

describe('policy file', () => {
  it('is the request with its NUL, and XML with a NUL behind it', () => {
    const policy = policyFile({
      port: 843,
      siteControl: 'master-only',
      grants: [
        { domain: '*', toPorts: '507,516-523' },
        { domain: '*.example.com', toPorts: '*' },
      ],
    });
    assert.equal(policy.request.length, 23);
    assert.equal(policy.request.toString(), '<policy-file-request/>\0');
    assert.equal(
      policy.answer.toString(),
      [
        '<?xml version="1.0"?>',
        '<cross-domain-policy>',
        '<site-control permitted-cross-domain-policies="master-only"/>',
        '<allow-access-from domain="*" to-ports="507,516-523"/>',
        '<allow-access-from domain="*.example.com" to-ports="1-65535"/>',
        '</cross-domain-policy>',
        '\0',
      ]
        .join('\n')
        .replace('\n\0', '\0'),
    );
  });

  it('refuses site-control except on the master, and grants beside `none`', () => {
    assert.throws(() => policyFile({ port: 8080, siteControl: 'all', grants: [] }), invalid(/843/));
    assert.throws(() => policyFile({ port: 943, siteControl: 'all', grants: [] }), invalid(/843/));
    assert.throws(() => policyFile({ port: 843, siteControl: 'by-content-type' as 'all', grants: [] }), invalid(/by-content-type/));
    assert.throws(() => policyFile({ port: 843, siteControl: 'none', grants: [{ domain: '*', toPorts: '1' }] }), invalid(/none/));
    assert.match(policyFile({ port: 843, siteControl: 'none', grants: [] }).answer.toString(), /"none"/);
  });

  it('refuses domains that are none, markup above all', () => {
    for (const domain of [
      '',
      ' ',
      'a b',
      '*.',
      '*a.com',
      'a.*.com',
      '-a.com',
      'a..b',
      'a"b',
      '<x/>',
      "a'",
      'a&b',
      'a\0',
      'http://a.com',
      'a/'.repeat(9),
    ]) {
      assert.throws(() => policyFile({ port: 843, grants: [{ domain, toPorts: '80' }] }), invalid(/not a host name/), domain);
    }
    for (const domain of ['*', 'localhost', 'a.example', '*.a.example', '192.0.2.1', '2001:db8::1', 'xn--bcher-kva.example']) {
      assert.match(policyFile({ port: 843, grants: [{ domain, toPorts: '80' }] }).answer.toString(), /allow-access-from/);
    }
  });

  it('refuses ports that are none', () => {
    for (const port of [-1, 65_536, 1.5, Number.NaN]) assert.throws(() => policyFile({ port, grants: [] }), invalid(/not a port/));
  });

  it('stays shorter than what a player reads at once', () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => ({ domain: `host-${i}.example.com`, toPorts: '1024-65535' }));
    assert.ok(policyFile({ port: 8080, grants: many(50) }).answer.length < MAX_POLICY_BYTES);
    assert.throws(() => policyFile({ port: 8080, grants: many(60) }), invalid(/shorter than 4096/));
    // The last byte that fits, and one more.
    const one = (length: number) => ({ port: 843, grants: [...many(48), { domain: 'a', toPorts: `${'80,'.repeat(length)}80` }] });
    const spare = MAX_POLICY_BYTES - 1 - policyFile(one(0)).answer.length;
    assert.ok(policyFile(one(Math.floor(spare / 3))).answer.length < MAX_POLICY_BYTES);
    assert.throws(() => policyFile(one(Math.floor(spare / 3) + 1)), invalid(/shorter than 4096/));
  });

  it("is Silverlight's access policy without NUL, for its few ports", () => {
    const policy = accessPolicyFile({ from: ['*', 'http://a.example'] });
    assert.equal(policy.request.toString(), '<policy-file-request/>');
    const text = policy.answer.toString();
    assert.match(text, /<domain uri="\*"\/><domain uri="http:\/\/a\.example"\/>/);
    assert.match(text, /<socket-resource port="4502-4534" protocol="tcp"\/>/);
    assert.ok(!text.includes('\0'));
    assert.throws(() => accessPolicyFile({ from: ['*'], toPorts: '4535' }), invalid(/4502-4534/));
    assert.throws(() => accessPolicyFile({ from: ['*'], toPorts: '*' }), invalid(/4502-4534/));
    assert.throws(() => accessPolicyFile({ from: ['a.example'] }), invalid(/not an origin/));
    assert.match(accessPolicyFile({ from: ['http://a.example/?q="<&'] }).answer.toString(), /q=&#34;&#60;&#38;"/);
  });
});

describe('to-ports', () => {
  const port = fc.integer({ min: 1, max: 65_535 });
  const range = fc.tuple(port, port).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));

  it('reads back what it writes', () => {
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 20 }), (ranges) => {
        assert.deepEqual(parseToPorts(formatToPorts(ranges), 843), ranges);
      }),
    );
  });

  it('grants no port below 1024 from 1024 up, and any from below', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 65_535 }), range, (servedFrom, asked) => {
        const privileged = servedFrom > 0 && servedFrom < 1024;
        if (privileged || asked.from >= 1024) assert.deepEqual(parseToPorts(formatToPorts([asked]), servedFrom), [asked]);
        else assert.throws(() => parseToPorts(formatToPorts([asked]), servedFrom), invalid(/cannot grant/));
        assert.deepEqual(parseToPorts('*', servedFrom), [{ from: privileged ? 1 : 1024, to: 65_535 }]);
      }),
    );
  });

  it('refuses everything else with a code', () => {
    for (const text of [
      '',
      ',',
      '80,',
      ',80',
      '0',
      '65536',
      '99999',
      '80-',
      '-80',
      '90-80',
      '80 ',
      ' 80',
      '80, 81',
      '8e1',
      '0x50',
      '080',
      '+80',
      '*,80',
      '80-90-100',
      '**',
      '８０',
    ]) {
      assert.throws(() => parseToPorts(text, 843), invalid(/to-ports/), text);
    }
    const soup = fc.string({ unit: fc.constantFrom('0', '1', '9', '6', '5', '-', ',', '*', ' ', 'x'), maxLength: 12 });
    fc.assert(
      fc.property(fc.oneof(soup, fc.string()), (text) => {
        try {
          for (const { from, to } of parseToPorts(text, 843)) assert.ok(from >= 1 && from <= to && to <= 65_535);
          assert.match(text, /^(\*|[\d,-]+)$/);
        } catch (error) {
          assert.ok(error instanceof PortholeError && error.code === 'CONFIG_INVALID', String(error));
        }
      }),
    );
  });
});
