// SPDX-License-Identifier: Apache-2.0
// Our script in workers' scripts: its place, and that what was strict stays so.

import assert from 'node:assert/strict';
import { createContext, runInContext } from 'node:vm';
import fc from 'fast-check';
import { inScript, scriptBeginning } from '../../../client-runtime/browser/session/script-beginning.ts';
import { spliced } from '../../../client-runtime/browser/worker/splice.ts';

/** Scripts, each with whether it is strict; a caret stands where ours is to be. */
const CASES: readonly (readonly [marked: string, strict: boolean])[] = [
  ['^', false],
  ['^postMessage(1)', false],
  ['^"use strict"; x', true],
  ["^'use strict'\nx", true],
  ['^/* a "use strict"; */ // "use strict"\n"use strict"', true],
  ['^"use asm";\n\'use strict\';', true],
  ['^"use strict" // so\n', true],
  ['^"use strict" /* so */; x', true],
  ['^"use strict" + x', false],
  ['^"use strict".length', false],
  ['^"use \\x73trict"; x', false],
  ['^("use strict"); x', false],
  ['^x; "use strict"', false],
  ['^import "/other.js"; "use strict"', false],
  ['#!/usr/bin/env node\n^"use strict"; x', true],
  ['#!/bin/x\r\n^x', false],
  ['^/* never closed "use strict";', false],
  ['^"never closed', false],
  ['^/x/.test(y)', false],
];

describe('injection: the place in a worker’s script', () => {
  for (const [marked, strict] of CASES)
    it(marked.replaceAll(/[\r\n]+/g, ' '), () => {
      const [before = '', behind = ''] = marked.split('^');
      const text = before + behind;
      assert.deepEqual(scriptBeginning(text, true), { at: before.length, strict });
      // However little of it is there: not known yet, or the same.
      for (let length = 0; length < text.length; length++) {
        const found = scriptBeginning(text.slice(0, length), false);
        assert.ok(found === null || (found.at === before.length && found.strict === strict), `${JSON.stringify(found)} after ${length}`);
      }
    });

  it('is there in no time, whatever the script', () => {
    const pieces = fc.constantFrom('"use strict"', "'", '"', '\\', '/*', '*/', '//', '\n', ' ', ';', 'x', '#!', '+', '\t');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        const text = parts.join('');
        const whole = scriptBeginning(text, true);
        const part = scriptBeginning(text, false);
        assert.ok(whole !== null && (part === null || (part.at === whole.at && part.strict === whole.strict)));
      }),
    );
    for (const long of [' '.repeat(65_536), '/*'.repeat(32_768), '"\\'.repeat(20_000), '"use strict";'.repeat(5_000)])
      scriptBeginning(long, true);
  });

  it('has ours run first, and the script as it would alone, behind a byte order mark and in pieces of any size', async () => {
    const script = 'log.push("ours", (function () { return this === undefined; })());';
    for (const [head, strict] of [
      ['"use strict";', true],
      ['/* a */ ', false],
      ['#!/bin/x\n"use strict"\n', true],
    ] as const)
      for (const size of [1, 7, 4096]) {
        const bytes = new TextEncoder().encode(`\ufeff${head}log.push("theirs", (function () { return this === undefined; })(), "grüße");`);
        const body = new ReadableStream<Uint8Array>({
          start(controller) {
            for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
            controller.close();
          },
        });
        const { body: rest, insert } = await inScript(body, script);
        const text = await new Response(spliced(rest, () => insert)).text(); // which drops the mark, as a browser does
        const log: unknown[] = [];
        runInContext(text, createContext({ log }));
        assert.deepEqual([...log], ['ours', strict, 'theirs', strict, 'grüße'], `${head} in pieces of ${size}`);
      }
  });
});
