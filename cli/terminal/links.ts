// SPDX-License-Identifier: Apache-2.0
// The links of a site as a person is told them: each with what it is good for.

import { isIP } from 'node:net';
import { isNear } from '../../signaling/naming/near.ts';
import { canonicalAddress, isLoopback } from '../../signaling/shared/caller.ts';
import type { Output } from './output.ts';

/** Columns of a terminal that can be counted on. */
const COLUMNS = 80;
const INDENT = '  ';
const LABEL_CHARS = 'This network'.length + 3;

/** Who can open a link. */
export type Reach = 'This machine' | 'This network' | 'Everyone';

/** Who can open a link, as far as its host name tells. */
export function reachOf(link: string): Reach {
  const host = new URL(link).hostname.replace(/^\[|\]$/g, '');
  if (/^(.+\.)?localhost$/.test(host) || isLoopback(canonicalAddress(host))) return 'This machine';
  if (isIP(host) ? isNear(canonicalAddress(host)) : host.endsWith('.local')) return 'This network';
  return 'Everyone';
}

/** A line or more under a label. */
export interface Row {
  readonly label: Reach | '';
  readonly text: string;
  /** Beside the text, where there is room. */
  readonly note?: string;
}

/** Rows with their labels in a column; what is too long for its line has one of its own. */
export function rowsText(rows: readonly Row[]): string {
  return rows
    .map(({ label, text, note }) => {
      const head = INDENT + label.padEnd(LABEL_CHARS);
      const room = COLUMNS - head.length;
      if (text.length > room) return `${`${head}${note ?? ''}`.trimEnd()}\n${INDENT}${text}`;
      if (note === undefined) return head + text;
      if (text.length + note.length + 3 <= room) return `${head}${text}   ${note}`;
      return `${head}${text}\n${''.padEnd(head.length)}${note}`;
    })
    .join('\n');
}

/** How a network's links stand in rows. */
export function lanRows([first, ...more]: readonly string[]): Row[] {
  if (first === undefined) {
    return [{ label: 'This network', text: 'no address there now; the link is told when there is one' }];
  }
  return [
    { label: 'This network', text: first, note: 'plain HTTP, not sealed' },
    ...more.map((link): Row => ({ label: '', text: `also ${link}` })),
  ];
}

/** Tells that the links of this network are others now. */
export function tellLan(output: Output, links: readonly string[]): void {
  output.event({ event: 'lan', lan: links }, `\n  The network changed.\n${rowsText(lanRows(links))}\n`);
  const [first] = links;
  if (first !== undefined) output.qr(first);
}

/** The link as a person of this machine needs it: whoever has the page from this machine need not be told its key. */
export function shownLink(link: string): string {
  return reachOf(link) === 'This machine' ? link.replace(/#key=[a-z2-7]+$/, '') : link;
}
