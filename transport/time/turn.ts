// SPDX-License-Identifier: Apache-2.0
// The end of a turn of the event loop: when what was said in it can go out together.

/** Calls back when all that is under way in this turn of the event loop, promises included, has run. */
export const endOfTurn: (run: () => void) => void =
  typeof setImmediate === 'function' ? (run) => void setImmediate(run) : turnsOf(() => new MessageChannel());

/** The same where there is no setImmediate: a message to oneself, the one task that a page gets without a wait. */
export function turnsOf(open: () => MessageChannel): (run: () => void) => void {
  const due: (() => void)[] = [];
  let channel: MessageChannel | null = null;
  return (run) => {
    if (!channel) {
      channel = open();
      channel.port1.onmessage = () => due.shift()?.();
    }
    due.push(run);
    channel.port2.postMessage(null);
  };
}
