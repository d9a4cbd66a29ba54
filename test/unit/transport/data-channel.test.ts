// SPDX-License-Identifier: Apache-2.0
// The data channel between both Node implementations, in every pair; given up half-way; and with a peer that sends garbage.

import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { PortholeError } from '../../../proto/errors.ts';
import { MAX_FRAME_BYTES } from '../../../proto/limits.ts';
import { dataChannel } from '../../../transport/strategies/data-channel.ts';
import { asked } from '../../support/asked.ts';
import { callOn, IMPLEMENTATIONS, lines, openPair } from './data-channel-pair.ts';

const MESSAGES = 30;

describe('data channel', function () {
  this.timeout(30_000);
  for (const [callerName, caller] of Object.entries(IMPLEMENTATIONS)) {
    for (const [calleeName, callee] of Object.entries(IMPLEMENTATIONS)) {
      it(`${callerName} calls ${calleeName}: whole frames both ways, and a clean end`, async () => {
        const { a, b } = await openPair(await caller(), await callee());
        const messages = Array.from({ length: MESSAGES }, () => new Uint8Array(randomBytes(MAX_FRAME_BYTES)));
        const send = async (from: typeof a): Promise<void> => {
          for (const message of messages) await from.send(message.slice());
        };
        const hash = async (at: typeof a): Promise<string> => {
          const digest = createHash('sha256');
          for (let i = 0; i < MESSAGES; i++) digest.update((await asked(at).receive()) ?? assert.fail('it ended early'));
          return digest.digest('hex');
        };
        const [, , first, second] = await Promise.all([send(a), send(b), hash(a), hash(b)]);
        const whole = createHash('sha256').update(Buffer.concat(messages)).digest('hex');
        assert.deepEqual([first, second], [whole, whole]);
        const ended = asked(b).receive();
        await a.close();
        assert.equal(await ended, null);
        await b.close();
      });
    }
  }

  for (const [name, open] of Object.entries(IMPLEMENTATIONS)) {
    for (const role of ['caller', 'callee'] as const) {
      it(`${name}: a ${role} that is stopped half-way rejects with the reason`, async () => {
        const stop = new AbortController();
        const reason = new Error('stopped');
        const attempt = dataChannel(await open()).attempt(callOn(lines()[0], role), stop.signal);
        setTimeout(() => stop.abort(reason), 100);
        await assert.rejects(attempt, reason);
        await assert.rejects(dataChannel(await open()).attempt(callOn(lines()[0], role), AbortSignal.abort(reason)), reason);
      });
    }

    it(`${name}: garbage from the other end fails the attempt with a code`, async () => {
      for (const note of [
        randomBytes(40),
        new TextEncoder().encode('{"type":"offer","sdp":"v=0 nonsense"}'),
        new TextEncoder().encode('[]'),
      ]) {
        const [line, other] = lines();
        const attempt = dataChannel(await open()).attempt(callOn(line, 'callee'), AbortSignal.timeout(10_000));
        other.send(note);
        await assert.rejects(attempt, (error) => error instanceof PortholeError);
      }
    });
  }
});
