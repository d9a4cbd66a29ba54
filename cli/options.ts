// SPDX-License-Identifier: Apache-2.0
// The commands and their options, as tables.

import { join } from 'node:path';
import { Option } from 'commander';
import { packageFolder } from './settings/package-folder.ts';
import { type Context, DEFAULT_PORT, OPEN_PORT } from './terminal/context.ts';

/** Runs a command to its end. `argument`: the folder or link it was given. */
export type Run = (context: Context, argument: string) => Promise<void>;

export interface CommandFacts {
  /** Name and argument, as commander reads them. */
  readonly usage: string;
  readonly description: string;
  readonly options: readonly Option[];
  /** The argument when none is given. */
  readonly fallback?: string;
  /** Whether it runs until it is told to stop: nobody who has read enough of what it says means to end it. */
  readonly lasting?: boolean;
  /** Loads the command's code when it is run: `get` need not wait for a web server's. */
  load(): Promise<Run>;
}

const port = new Option('--port <port>', 'port to listen on; 0 takes a free one');
const suitePort = new Option('--port <port>', `port to listen on (default ${DEFAULT_PORT}); 0 takes a free one`);
const openPort = new Option('--port <port>', `port to listen on (default ${OPEN_PORT}); 0 takes a free one`);
const address = new Option('--address <address...>', 'address to listen on');
const addresses = new Option('--address <address...>', 'address to listen on; with a second one the exams can tell more');
const via = new Option(
  '--via <strategies>',
  'fastest (default), direct-only, relay-only, or names of strategies, the best first, as exam lists them',
);
/** The host follows the visitor: it only says which strategies there are. */
const viaOfHost = new Option('--via <strategies>', 'strategies to offer visitors: direct-only, relay-only, or names (default: all)');
/** Given once for each; the setting has them all. */
const strategy = new Option(
  '--strategy <module>',
  'one more strategy, which both ends need: a file or an installed package; may be repeated',
);
strategy.argParser((module: string, before: string[] = []) => [...before, module]).attributeName = () => 'strategies';
const inbox = new Option(
  '--inbox <pattern>',
  'paths (/hooks/*) whose requests the suite keeps, sealed, while this is off, to be delivered later; may be repeated',
);
inbox.argParser((pattern: string, before: string[] = []) => [...before, pattern]);
const everywhere = [
  new Option('--json', 'one JSON event a line instead of sentences'),
  new Option('--home <folder>', 'where keys and data are kept (default ~/.porthole)'),
];
const suiteUrl = new Option('--suite <url>', `the suite (default http://localhost:${DEFAULT_PORT})`);
const name = new Option('--name <name>', 'name of the site; it stays yours');
const passwordFile = new Option('--password-file <file>', 'the password is the first line of this file');
const visitor = [passwordFile, new Option('--anonymous', 'show each site a key of this visit only')];
const lan = new Option('--lan', 'show the site to this network, too: a second link, for telephones, over plain HTTP');
const suite = [
  suitePort,
  addresses,
  new Option('--domain <names>', 'host names that are this suite’s; links have the first'),
  new Option('--public-url <url>', 'what links start with, when a proxy stands in front'),
  new Option('--stun-port <port>', 'UDP port of the STUN responder; the exams use it and the next four, TCP and UDP (default: free ones)'),
  new Option('--trust-proxy', 'believe the proxy in front about who calls'),
];
const site = [
  name,
  new Option('--title <text>', 'title on the portal'),
  new Option('--owner <text>', 'whose site this is'),
  new Option('--purpose <text>', 'what the site is for'),
  new Option('--contact <text>', 'how to reach the owner'),
  new Option('--keywords <a,b>', 'words to find the site by'),
  new Option('--unlisted', 'reachable by link only, not on the portal'),
  new Option('--listing').hideHelp(), // as it is
  new Option('--no-listing', 'do not show what is in folders that have no index page').default(undefined),
  new Option('--spa', 'answer with the index page where a page is missing: for apps that read the address themselves').default(undefined),
  new Option('--keep-host', 'tell a web app the Host and Origin that visitors have, not its own address').default(undefined),
  new Option('--no-gateway', 'refuse clients without a page, whom the suite would answer by visiting here').default(undefined),
  new Option('--allow <keys>', 'let in visitors with these keys: key,key or a file of them (they ask: porthole identity)'),
  new Option('--password', 'let in visitors who know a password; asks for it, unless PORTHOLE_PASSWORD has it'),
  passwordFile,
  new Option('--invite-only', 'let in nobody but those you invite (porthole invite)'),
  inbox,
  viaOfHost,
  new Option('--inspect [port]', 'show what passes on a page for you alone, on this machine (port 4040, or a free one)'),
  new Option('--inspect-limit <size>', 'how much of it is kept on disk (default 100MB)'),
  new Option('--show-secrets', 'show cookies, credentials and tokens there and in logs as they are'),
  new Option('--log <format>', 'a line for each request: plain (default for who watches), combined (as web servers write them), none'),
];

export const COMMANDS: readonly CommandFacts[] = [
  {
    usage: 'up [what]',
    description: 'suite and host on this machine, of a folder, a file or a local web app (of none: the example site)',
    lasting: true,
    options: [lan, ...suite, ...site, strategy, ...everywhere],
    fallback: join(packageFolder, 'examples', 'site'),
    load: async () => (await import('./commands/up.ts')).up,
  },
  {
    usage: 'suite',
    description: 'the suite alone, for a public machine',
    lasting: true,
    options: [...suite, strategy, ...everywhere],
    load: async () => (await import('./commands/suite.ts')).suite,
  },
  {
    usage: 'host [what]',
    description:
      'bring a folder, a file or a local web app (3000, localhost:3000, http://…) online at a suite; without one, the sites of porthole.config.json',
    lasting: true,
    options: [suiteUrl, ...site, strategy, ...everywhere],
    load: async () => (await import('./commands/host.ts')).host,
  },
  {
    usage: 'invite [what]',
    description: 'a link that lets somebody into a site hosted from here',
    options: [
      name,
      new Option('--expires <time>', 'how long it lets in: 30m, 12h, 7d (default 7d)'),
      new Option('--label <text>', 'whom it is for; your own logs show it'),
      new Option('--list', 'make none; show those that were made and have not run out'),
      new Option('--revoke <ids>', 'make none; take back those with these ids (as --list shows them) or links, and end their visits'),
      new Option('--suite <url>', 'the suite (default: where the site was online last)'),
      ...everywhere,
    ],
    load: async () => (await import('./commands/invite.ts')).invite,
  },
  {
    usage: 'password [what]',
    description: 'another password for a site hosted from here; whoever came by the old one has to give it',
    options: [name, passwordFile, ...everywhere],
    load: async () => (await import('./commands/password.ts')).password,
  },
  {
    usage: 'identity [link]',
    description: 'your key for a site, to give to its owner',
    options: [...everywhere],
    load: async () => (await import('./commands/identity.ts')).identity,
  },
  {
    usage: 'open <link>',
    description: 'visit: a gateway on this machine',
    lasting: true,
    options: [openPort, new Option('--browser', 'show it in your browser'), ...visitor, via, strategy, ...everywhere],
    load: async () => (await import('./commands/open.ts')).open,
  },
  {
    usage: 'get <link>',
    description: 'visit: one resource, to stdout',
    options: [
      new Option('-o, --output <file>', 'write to this file instead of stdout; run again, it goes on where it stopped'),
      new Option('--patience <seconds>', 'give up after this long without progress (default 600)'),
      ...visitor,
      via,
      strategy,
      ...everywhere,
    ],
    load: async () => (await import('./commands/get.ts')).get,
  },
  {
    usage: 'exam',
    description: 'what this network allows, and why',
    options: [suiteUrl, strategy, ...everywhere],
    load: async () => (await import('./commands/exam.ts')).exam,
  },
  {
    usage: 'policy',
    description: 'the socket policy server alone',
    lasting: true,
    options: [
      port,
      address,
      new Option('--to-ports <ports>', 'ports to grant: numbers, ranges, commas or *'),
      new Option('--from <domains>', 'domains to grant them to (default *)'),
      new Option('--silverlight', 'answer Silverlight’s request instead'),
      ...everywhere,
    ],
    load: async () => (await import('./commands/policy.ts')).policy,
  },
];
