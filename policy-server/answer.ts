// SPDX-License-Identifier: Apache-2.0
// Answers one socket policy request: waits for exactly the request, sends the policy in one write, and closes. All else gets a RST.

import type { Socket } from 'node:net';
import { type Clock, systemClock } from '../transport/time/clock.ts';
import type { Policy } from './policy-file.ts';

/** Milliseconds for the whole request: as long as players wait for the whole answer. */
export const POLICY_DEADLINE_MS = 3000;
/** Milliseconds for the caller to take its answer and leave. */
export const POLICY_LINGER_MS = 1000;

/** How long a caller of a policy port may take. */
export interface AnswerOptions {
  /** Milliseconds for the whole request; POLICY_DEADLINE_MS when left out. */
  readonly deadlineMs?: number;
  /** Milliseconds that an answered caller may stay; POLICY_LINGER_MS when left out. */
  readonly lingerMs?: number;
  /** Time; the machine’s own when left out. */
  readonly clock?: Clock;
}

const NUL = 0;

/**
 * Serves a socket whose caller has said nothing but, perhaps, the beginning of a policy request; on any port that saw `<` first.
 * The socket is this function's from here on and is closed by it, in `deadlineMs` + `lingerMs` at the latest.
 * A wrong byte, or one too many, is refused at once by RST: a player waits for nothing, and tries its next place.
 */
export function answerPolicy(socket: Socket, policy: Policy, options: AnswerOptions = {}): void {
  const { deadlineMs = POLICY_DEADLINE_MS, lingerMs = POLICY_LINGER_MS, clock = systemClock } = options;
  const { request, answer, mayEndInNul } = policy;
  let matched = 0;
  let cancel = clock.after(deadlineMs, refuse);

  function refuse(): void {
    cancel();
    socket.resetAndDestroy();
  }

  function read(chunk: Buffer): void {
    if (matched === request.length) return;
    const wanted = request.subarray(matched, matched + chunk.length);
    const rest = chunk.subarray(wanted.length);
    const tail = rest.length === 0 || (mayEndInNul && rest.length === 1 && rest[0] === NUL);
    if (!tail || !wanted.equals(chunk.subarray(0, wanted.length))) {
      refuse();
      return;
    }
    matched += wanted.length;
    if (matched < request.length) return;
    cancel();
    // Later bytes are read and thrown away: closing with bytes unread would send a RST over the answer.
    socket.end(answer);
    cancel = clock.after(lingerMs, () => socket.destroy());
  }

  socket.on('data', read);
  socket.on('end', () => {
    if (matched < request.length) refuse();
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => cancel());
}
