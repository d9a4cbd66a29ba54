// SPDX-License-Identifier: Apache-2.0
// What is said once a site is online: its links, what they give away, and what can be done further.

import { ANYONE } from '../../transport/session/site.ts';
import type { Context } from '../terminal/context.ts';
import { lanRows, type Row, reachOf, rowsText, shownLink } from '../terminal/links.ts';
import type { Started } from './start-host.ts';

/** What stands beside a site's link. */
export interface Beside {
  /** Links for this network, the likeliest first; undefined where it is not shown the site. */
  readonly lan?: readonly string[];
  /** What can be done for those whom no link is for. */
  readonly hints?: readonly Row[];
}

/** The sentences that follow a link: what it is good for, and what it gives away. */
export function announce(context: Context, { at, access, offering, forPages, page }: Started, { lan, hints = [] }: Beside = {}): void {
  const { output, settings } = context;
  const reach = reachOf(at.link);
  const rows: Row[] = [{ label: reach, text: shownLink(at.link) }, ...(lan ? lanRows(lan) : [])];
  const isTold = (label: string): boolean => rows.some((row) => row.label === label) || reach === 'Everyone';
  output.event(
    { event: 'ready', suite: at.suite, site: at.site, name: at.name, link: at.link, behindNat: at.behindNat, ...(lan && { lan }) },
    `\n${rowsText([...rows, ...hints.filter(({ label }) => !isTold(label))])}\n`,
  );
  // For another device: what this machine alone can open is no use there.
  const code = reach === 'This machine' ? lan?.[0] : at.link;
  if (code !== undefined) output.qr(code);
  const { kind, at: what, gives, keeps, remark } = offering;
  const invite = `porthole invite ${settings.name === undefined ? JSON.stringify(what) : `--name ${at.name}`}`;
  output.event(
    {
      event: 'shares',
      kind,
      ...(kind === 'app' ? { app: what } : { folder: what }),
      access: access?.opens ?? [ANYONE],
      ...(page !== null && { inspect: page }),
    },
    [
      access
        ? `  Whoever has this link and ${access.words} can ${gives}`
        : `  Anyone with ${lan ? 'one of these links' : 'this link'} can ${gives}`,
      `  ${what}`,
      `  ${keeps} while this program runs.`,
      ...(remark === undefined ? [] : [`  ${remark}`]),
      ...(forPages ? [] : ['  No browser can open it: its strategies need a program there (porthole open, porthole get).']),
      ...(page === null ? [] : [`  What passes is shown to you alone:  ${page}`]),
      ...(access ? [`  Invite somebody:  ${invite}`] : []),
      settings.unlisted ? '  The site is not shown on the portal.' : `  The site is shown on the portal: ${at.suite}/`,
      '  Ctrl+C takes it offline.\n',
    ].join('\n'),
  );
}
