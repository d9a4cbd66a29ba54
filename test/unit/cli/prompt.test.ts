// SPDX-License-Identifier: Apache-2.0
// The question for a secret at the terminal: what is typed is edited, and never shown.

import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { terminalPrompt } from '../../../cli/terminal/prompt.ts';
import { PortholeError } from '../../../proto/errors.ts';

/** A terminal: what it shows is kept. */
function terminal() {
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    raw: false,
    setRawMode(raw: boolean): void {
      this.raw = raw;
    },
  });
  const output = Object.assign(new PassThrough(), { isTTY: true });
  let shown = '';
  output.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
  });
  return { input, output, shown: () => shown };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));
const cancelled = (error: unknown) => error instanceof PortholeError && error.code === 'CANCELLED';

describe('a prompt', () => {
  const life = new AbortController();

  it('takes a line, corrections and all, and shows only the question', async () => {
    const { input, output, shown } = terminal();
    const prompt = terminalPrompt(input, output, life.signal);
    const line = prompt?.('Password: ');
    await turn();
    assert.ok(input.raw, 'the terminal itself shows nothing');
    input.write('harbX');
    input.write('\x7four l');
    input.write('îght\r');
    assert.equal(await line, 'harbour lîght');
    assert.equal(shown(), 'Password: \n');
    assert.equal(input.raw, false);
    const next = prompt?.('Again: ');
    await turn();
    input.write('x\r');
    assert.equal(await next, 'x', 'nothing of the first is in the second');
    assert.equal(shown(), 'Password: \nAgain: \n', 'each answer is heard once');
    assert.equal(input.listenerCount('keypress'), 0);
  });

  it('ends at Ctrl+C, at Ctrl+D, and when the command ends; the terminal is as it was', async () => {
    for (const key of ['\x03', '\x04']) {
      const { input, output } = terminal();
      const line = terminalPrompt(input, output, life.signal)?.('Password: ');
      await turn();
      input.write(`secret${key === '\x04' ? '\x15' : ''}${key}`);
      await assert.rejects(line as Promise<string>, cancelled);
      assert.equal(input.raw, false);
    }
    const { input, output } = terminal();
    const stop = new AbortController();
    const line = terminalPrompt(input, output, stop.signal)?.('Password: ');
    stop.abort();
    await assert.rejects(line as Promise<string>, cancelled);
    await assert.rejects(terminalPrompt(input, output, stop.signal)?.('Password: ') as Promise<string>, cancelled);
    assert.equal(input.raw, false);
  });

  it('is none where nobody could type, or read the question', () => {
    const { input, output } = terminal();
    assert.equal(terminalPrompt(new PassThrough(), output, life.signal), null);
    assert.equal(terminalPrompt(input, new PassThrough(), life.signal), null);
  });
});
