// SPDX-License-Identifier: Apache-2.0
// docs/apps.md: which apps were driven, how they came to be, and the table of what was seen.

import { faults, LATER_MS, type Row, table } from './table.ts';

const HEAD = `# Apps that nobody here wrote, through Porthole

\`npm run test:apps\` wrote this file: what it measured the last time that it drove each app. Each is installed at a fixed version, its configuration left as it comes, started on this machine and hosted by \`porthole up <port>\`. Chromium drives it by one script five ways: directly; by the link over a data channel; by the link over the relay, in a browser without WebRTC; by \`porthole open\`; and by the suite's gateway, where a client without a page asks for the page and what it names. What each step sees must be what it saw directly, and no page may leave its way for another address of the app.

- **page**: it is shown, and a control of it works. **navigation**: to another page and back. **assets**: style sheets with rules, and pictures with their sizes.
- **HMR**: from the moment a source file is saved to the moment the page shows it, without being loaded anew; the middle one of three edits. All is on one machine, whose round trip is less than a millisecond, so an edit may be seen ${LATER_MS} ms later than directly.
- **login**, **upload**, **SSE** (server-sent events), **WebSocket**: as the app has them, by its own pages.
- –: the app has none, or a client without a page does none.
`;

/** The document. @param missing apps that have not been driven to their end yet @param known why some are not as directly, by their names */
export function report(rows: readonly Row[], missing: readonly string[], known: ReadonlyMap<string, string>): string {
  const made = rows
    .filter(({ way }) => way === 'direct')
    .map(({ app, version }) => `- ${app.name} ${version}: ${app.made}.\n`)
    .join('');
  const found = rows.flatMap(faults);
  const why = [...known].filter(([name]) => found.some((one) => one.startsWith(`${name} `))).map(([name, words]) => `${name}: ${words}`);
  const list = (title: string, lines: readonly string[]): string =>
    lines.length > 0 ? `\n## ${title}\n\n${lines.map((one) => `- ${one}\n`).join('')}` : '';
  return `${HEAD}\n${table(rows)}\n## How they were made\n\n${made}${list('What is not as it is directly', found)}${list('Why', why)}${list('Not driven to the end yet', missing)}`;
}
