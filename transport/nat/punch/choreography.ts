// SPDX-License-Identifier: Apache-2.0
// The choreography of one round (Fig. 5 of the patent) as a table: states, what moves them, who does what, and how long. Pure.

import { LEARN_MS, NOTE_MS, TRY_MS } from './limits.ts';

/** The part of an end in a round. */
export type Part = 'opener' | 'connecter';

/** Where one end stands in one round. */
export type State =
  | 'learning' // asks the suite for its outside port
  | 'heard' // the same, and knows the other end's already
  | 'told' // has told its own; waits for the other end's
  | 'ready' // knows both; waits until the opener has opened
  | 'opening' // sends the SYN that opens its own NAT
  | 'trying' // has opened, or connects; a connection that stands ends every round
  | 'failed';

/** What happens to an end. */
export type Event =
  | 'learned' // Fig. 5, steps 1 to 4: the suite saw this end's outside port
  | 'here' // the other end's note "here"
  | 'opened' // this end's SYN is out
  | 'open' // the other end's note "open"
  | 'broke' // this end cannot go on
  | 'gave-up' // the other end's note "failed"
  | 'late'; // the state took too long

/** What an end then does. */
export type Action = 'tell-here' | 'send-opening' | 'tell-open' | 'connect' | 'tell-failed' | 'close';

/** One row: in this state, when that happens, to this part, go there and do these. */
export interface Row {
  readonly in: State;
  readonly when: Event;
  readonly who: Part | 'both';
  readonly next: State;
  readonly do: readonly Action[];
}

const row = (state: State, when: Event, who: Row['who'], next: State, ...actions: Action[]): Row => ({
  in: state,
  when,
  who,
  next,
  do: actions,
});

const UNDER_WAY: readonly State[] = ['learning', 'heard', 'told', 'ready', 'opening', 'trying'];

export const TABLE: readonly Row[] = [
  // Steps 1 to 4: both learn their outside ports; step 5 and 7: each is told the other's.
  row('learning', 'learned', 'both', 'told', 'tell-here'),
  row('learning', 'here', 'both', 'heard'),
  row('heard', 'learned', 'opener', 'opening', 'tell-here', 'send-opening'),
  row('heard', 'learned', 'connecter', 'ready', 'tell-here'),
  // Step 6: the opener opens its NAT, and reports.
  row('told', 'here', 'opener', 'opening', 'send-opening'),
  row('told', 'here', 'connecter', 'ready'),
  row('opening', 'opened', 'opener', 'trying', 'tell-open'),
  // Step 8: the connecter connects.
  row('ready', 'open', 'connecter', 'trying', 'connect'),
  ...UNDER_WAY.map((state) => row(state, 'broke', 'both', 'failed', 'tell-failed', 'close')),
  ...UNDER_WAY.map((state) => row(state, 'gave-up', 'both', 'failed', 'close')),
  ...UNDER_WAY.map((state) => row(state, 'late', 'both', 'failed', 'tell-failed', 'close')),
];

/** How long an end stays in a state, in milliseconds; null: as long as it likes. */
export const TIME_OUTS: Readonly<Record<State, number | null>> = {
  learning: LEARN_MS,
  heard: LEARN_MS,
  told: NOTE_MS,
  ready: NOTE_MS,
  opening: NOTE_MS,
  trying: TRY_MS,
  failed: null,
};

/** The row for an event; null when it changes nothing: late, twice, or out of turn. */
export function rowFor(state: State, event: Event, part: Part): Row | null {
  return TABLE.find((row) => row.in === state && row.when === event && (row.who === 'both' || row.who === part)) ?? null;
}
