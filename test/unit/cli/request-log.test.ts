// SPDX-License-Identifier: Apache-2.0
// The log of requests: lines for a person, events, and Apache's combined format; nothing in them that a terminal obeys.

import assert from 'node:assert/strict';
import { createOutput } from '../../../cli/terminal/output.ts';
import { combinedLine, type Logged, MAX_LINES_PER_S, plainLine, requestLog } from '../../../cli/terminal/request-log.ts';
import { observed, piecesOf } from '../../../host-agent/inspect/observed.ts';
import { type FakeClock, fakeClock } from '../../support/clock.ts';

const ONE: Logged = {
  at: new Date(2026, 11, 1, 9, 5, 3),
  method: 'GET',
  target: '/a?b=c',
  status: 200,
  ms: 12.34,
  bytes: 4096,
  visitor: '3',
  who: 'anyone',
  referer: '',
  userAgent: 'curl/8',
};

/** What Apache's own expression for the format reads (mod_log_config: "%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-agent}i\""). */
const COMBINED = /^(\S+) (\S+) (\S+) \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}|-) (\d+|-) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"$/;

describe('the log of requests', () => {
  it('has a line for a person', () => {
    assert.equal(plainLine(ONE), '  09:05:03  GET  200    12 ms    4.1 kB  visitor 3  /a?b=c');
    assert.match(plainLine({ ...ONE, status: 0, ms: 12_345, who: 'invite 7f (Ben)' }), /GET {2}–––.*12\.3 s.* invite 7f \(Ben\) {2}\/a/);
  });

  it('escapes what a terminal would obey', () => {
    const evil = { ...ONE, target: '/\x1b[2Jx\u202e\u2028\x9b1m', userAgent: 'a"b\\c\x07\n', who: 'key (\x1b]0;x\x07)' };
    for (const line of [plainLine(evil), combinedLine(evil)]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      assert.doesNotMatch(line, /[\x00-\x1f\x7f-\x9f\u2028\u202e]/);
      assert.ok(line.includes('\\x1b[2Jx'));
    }
    assert.match(combinedLine(evil), COMBINED);
  });

  it('has a line as Apache writes it', () => {
    const line = combinedLine({ ...ONE, referer: 'https://a/"x"', target: '/ü"' });
    const [, host, , user, time, request, status, bytes, referer, agent] = COMBINED.exec(line) ?? [];
    assert.deepEqual([host, user, status, bytes, agent], ['visitor-3', '-', '200', '4096', 'curl/8']);
    assert.match(time ?? '', /^01\/Dec\/2026:09:05:03 [+-]\d{4}$/);
    assert.equal(request, 'GET /\\xc3\\xbc\\" HTTP/1.1');
    assert.equal(referer, 'https://a/\\"x\\"');
    assert.match(combinedLine({ ...ONE, who: 'key ab (Anna B)', bytes: 0, status: 0 }), / key_ab_\(Anna_B\) .* - - "-" "curl\/8"$/);
  });

  async function asked(
    json: boolean,
    isTTY: boolean,
    format: 'plain' | 'combined',
    times: number,
  ): Promise<{ text: string; clock: FakeClock; more: () => string }> {
    let text = '';
    const clock = fakeClock();
    const write = (one: string): void => {
      text += one;
    };
    const output = createOutput(json, { isTTY, write });
    const log = requestLog({ format, output, clock, date: () => new Date(0), secrets: false });
    const site = observed(async () => new Response('hello'), log, clock);
    for (let count = 0; count < times; count++) {
      const { body } = await site(new Request('http://site/?token=secret'), { session: '1', via: 'tcp', agent: '', who: 'anyone' });
      for await (const _ of piecesOf(body as ReadableStream<Uint8Array>));
    }
    return { text, clock, more: () => text };
  }

  it('is events for programs', async () => {
    const { text } = await asked(true, false, 'plain', 1);
    const event = JSON.parse(text);
    assert.deepEqual([event.event, event.method, event.target, event.status, event.bytes], ['request', 'GET', '/?token=***', 200, 5]);
  });

  it('shows a person so many lines in a second, and counts the rest', async () => {
    const { text, clock, more } = await asked(false, true, 'plain', MAX_LINES_PER_S + 5);
    assert.equal(text.trimEnd().split('\n').length, MAX_LINES_PER_S);
    assert.ok(!text.includes('secret'));
    clock.advance(1000);
    assert.match(more(), /… and 5 more requests/);
    const all = await asked(false, false, 'combined', MAX_LINES_PER_S + 5);
    assert.equal(all.text.trimEnd().split('\n').length, MAX_LINES_PER_S + 5, 'a file has them all');
  });
});
