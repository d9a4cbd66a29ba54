// SPDX-License-Identifier: Apache-2.0
// Which of its two forms a test has: the one of `npm test`, which crosses every branch and limit, or the long one of `npm run test:long`.

/** The variable that asks for the long form. */
export const LONG_FORM = 'PORTHOLE_LONG';
/** Whether this is a run of the long forms. */
export const isLong = process.env[LONG_FORM] === '1';

/** @returns the second where the long form is asked for, else the first */
export function shortOrLong<T>(short: T, long: T): T {
  return isLong ? long : short;
}
