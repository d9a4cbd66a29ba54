// SPDX-License-Identifier: Apache-2.0
// What the matchmaker asks of a relay: tickets for the two ends of a call.

/** Where relay tickets come from. */
export interface RelayDesk {
  /**
   * A fresh ticket: single use, for one end of one call.
   * @param call the call's id
   * @param role which end it is for
   */
  issue(call: string, role: 'caller' | 'callee'): string;
  /** The call is over: tickets not used yet are void. Ends that have joined are left alone, their session may go on. */
  drop(call: string): void;
}
