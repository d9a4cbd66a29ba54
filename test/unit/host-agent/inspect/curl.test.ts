// SPDX-License-Identifier: Apache-2.0
// Requests as curl commands: whatever is in them, a real shell reads back the same words.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { curlCommand, MAX_INLINE_BYTES, shellWord } from '../../../../host-agent/inspect/curl.ts';
import { type Scratch, scratch } from '../../../support/porthole.ts';

const text = fc.string({ unit: 'binary', maxLength: 60 }).map((given) => given.replaceAll('\0', ''));
const value = fc.string({ unit: 'grapheme-ascii', maxLength: 40 }).map((given) => given.trim());

describe('a request as a curl command', () => {
  let place: Scratch;
  before(async () => {
    place = await scratch();
    // Stands for curl: writes down what it is given, as words and as its input.
    const program = join(place.path, 'curl');
    writeFileSync(program, '#!/bin/sh\nprintf "%s\\0" "$@" > "$OUT/words"\nif [ "$READ" = 1 ]; then cat > "$OUT/input"; fi\n');
    chmodSync(program, 0o755);
  });
  after(() => place.drop());

  /** The words that a shell makes of a command. */
  function wordsOf(command: string, reads = false): string[] {
    const env = { ...process.env, PATH: `${place.path}:${process.env.PATH}`, OUT: place.path, READ: reads ? '1' : '0' };
    execFileSync('sh', ['-c', command], { env, cwd: place.path });
    return readFileSync(join(place.path, 'words'), 'utf8').split('\0').slice(0, -1);
  }

  it('quotes every word so that the shell reads it as it is', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (words) => {
        assert.deepEqual(wordsOf(`curl ${words.map(shellWord).join(' ')}`), words);
      }),
      { numRuns: 60 },
    );
  });

  it('carries the address, the fields and a body of text', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.stringMatching(/^x-[a-z]{1,8}$/), value), { maxLength: 4 }), text, (fields, body) => {
        const headers = fields.map(([name, one]) => ({ name, value: one }));
        const url = "https://site.example/it's?q=$(touch%20x)&a[]={b}";
        const bytes = new TextEncoder().encode(body.toWellFormed());
        const words = wordsOf(curlCommand({ method: 'POST', target: '/', authority: '', headers }, url, bytes));
        assert.ok(words.includes(url));
        for (const { name, value } of headers) assert.ok(words.includes(value === '' ? `${name};` : `${name}: ${value}`));
        if (bytes.length > 0) assert.equal(words[words.indexOf('--data-raw') + 1], body.toWellFormed());
      }),
      { numRuns: 60 },
    );
  });

  it('carries a body of any bytes', () => {
    const every = Uint8Array.from({ length: 512 }, (_, index) => index & 0xff);
    const words = wordsOf(curlCommand({ method: 'PUT', target: '/', authority: '', headers: [] }, 'http://a/', every), true);
    assert.deepEqual(new Uint8Array(readFileSync(join(place.path, 'input'))), every);
    assert.deepEqual(words.slice(-2), ['--data-binary', '@-']);
    assert.equal(words[words.indexOf('--request') + 1], 'PUT');
  });

  it('names a file for a body that is too long, and leaves out what curl says itself', () => {
    const headers = [
      { name: 'content-length', value: '5' },
      { name: 'accept-encoding', value: 'br' },
    ];
    const words = wordsOf(curlCommand({ method: 'POST', target: '/', authority: '', headers }, 'http://a/', 'file'));
    assert.ok(words.includes('@body.bin') && words.includes('--compressed'));
    assert.ok(!words.some((word) => word.startsWith('content-length') || word.startsWith('accept-encoding')));
    assert.ok(MAX_INLINE_BYTES >= 64 * 1024);
  });

  it('is understood by curl itself', function () {
    let version: string;
    try {
      version = execFileSync('curl', ['--version'], { encoding: 'utf8' });
    } catch {
      return this.skip();
    }
    assert.match(version, /^curl /);
    const command = curlCommand(
      { method: 'HEAD', target: '/', authority: '', headers: [{ name: 'x-empty', value: '' }] },
      'http://127.0.0.1:1/',
      null,
    );
    const refused = (): void => void execFileSync('sh', ['-c', `${command} --silent`], { stdio: 'pipe' });
    assert.throws(refused, (error: { status?: number }) => error.status === 7, 'it gets as far as to connect');
  });
});
