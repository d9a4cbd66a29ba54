// SPDX-License-Identifier: Apache-2.0
// Which of the wire's messages a page says, and which it hears: the code for the others is cut from what is generated.

/** Messages that only hosts, and those who examine their networks, exchange with the suite. */
const OTHERS = ['Register', 'Registered', 'Examined', 'Exam', 'Examination'];
/** Messages that a page only hears. */
const HEARD = [
  ...['Response', 'Joined', 'Refused', 'Challenge'],
  ...['Address', 'Welcome', 'SiteCard', 'SiteStatus', 'Introduction', 'RelayTicket', 'Answer', 'RelayAnswer'],
];
/** Messages that a page only says. */
const SAID = ['Request', 'Join', 'Proof', 'Find', 'Introduce', 'RelayJoin'];

const either = (names: readonly string[]): string => `(?:${names.join('|')})`;
const WHOLE = new RegExp(`^ {8}\\w+\\.${either(OTHERS)} = \\(function\\(\\) \\{\\n[\\s\\S]*?\\n {8}\\}\\)\\(\\);\\n`, 'gm');
const HALF = new RegExp(
  `^ {12}(?:${either(HEARD)}\\.encode|${either(SAID)}\\.decode) = function [\\s\\S]*?\\n {12}\\};\\n`,
  'gm',
);

/** The generated code without what a page has no use for. A message cut here that comes all the same cannot be read: it is refused. */
export function cutMessages(code: string): string {
  return code.replace(WHOLE, '').replace(HALF, '');
}
