// SPDX-License-Identifier: Apache-2.0
// Messages of many requests, gathered while this end is busy: a port takes a list as soon as it takes one message.

import { endOfTurn } from '../../../transport/time/turn.ts';
import type { Said } from './bridge.ts';

/**
 * Gathers messages until this turn of the event loop is over, and what came before its end has been done.
 * @param send takes them, in order
 * @param join makes one message of two that follow each other about the same request, where they fit
 * @returns adds one
 */
export function gathered<Say>(
  send: (said: readonly Said<Say>[], transfer: Transferable[]) => void,
  join?: (before: Say, next: Say) => Say | undefined,
): (id: string, say: Say, transfer?: Transferable[]) => void {
  let said: Said<Say>[] = [];
  let given: Transferable[] = [];
  return (id, say, transfer = []) => {
    if (said.length === 0) {
      endOfTurn(() => {
        const [all, lent] = [said, given];
        said = [];
        given = [];
        send(all, lent);
      });
    }
    const before = said.at(-1);
    const joined = before?.[0] === id ? join?.(before[1], say) : undefined;
    if (joined) said[said.length - 1] = [id, joined];
    else said.push([id, say]);
    given.push(...transfer);
  };
}
