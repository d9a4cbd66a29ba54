// SPDX-License-Identifier: Apache-2.0
// `porthole up`: suite and host on this machine, in one process.

import { hostname } from 'node:os';
import { PortholeError } from '../../proto/errors.ts';
import { dialled } from '../../signaling/naming/names.ts';
import { watchNodeNetwork } from '../../transport/system/network-node.ts';
import { readOffering } from '../offerings/read.ts';
import { announce } from '../running/announce.ts';
import { followLinks, lanLinks } from '../running/lan.ts';
import { startHost } from '../running/start-host.ts';
import { startSuite } from '../running/start-suite.ts';
import { othersStrategies } from '../running/strategies.ts';
import type { Settings } from '../settings/settings.ts';
import type { Context } from '../terminal/context.ts';
import { type Row, tellLan } from '../terminal/links.ts';

/** Where the suite listens unless told otherwise, and where the site is to be seen from this network. */
const LOOPBACK = '127.0.0.1';
const EVERYWHERE = '0.0.0.0';

/** How others get to see the site whom it has no link for. */
const HINTS: readonly Row[] = [
  { label: 'This network', text: 'not yet. For a telephone in this network: --lan' },
  { label: 'Everyone', text: 'not yet. With a suite on a public machine:' },
  { label: '', text: 'porthole host <what> --suite https://suite.example' },
];

export async function up(context: Context, what: string): Promise<void> {
  const { life, output, settings } = context;
  checkLan(settings);
  const offering = await readOffering(what, settings);
  await offering.check(settings.home); // before anything is put into it
  let site: string | undefined;
  const names = [`${hostname().split('.')[0]}.local`];
  const fallback = settings.lan ? EVERYWHERE : LOOPBACK;
  // Once for both: what a module makes may hold something that there is one of, such as a port.
  const others = await othersStrategies(settings);
  const suite = life.keep(await startSuite(context, fallback, settings.lan ? { site: () => site, names } : undefined, others));
  const started = await startHost(context, offering, `http://${dialled(settings.address?.[0] ?? fallback)}:${suite.port}`, others);
  const { host } = started;
  life.keep(host);
  site = started.at.site;
  if (settings.lan) {
    const links = () => lanLinks(suite.port);
    const lan = await links();
    announce(context, started, { lan, hints: HINTS });
    life.keep(followLinks(watchNodeNetwork(), links, lan, (now) => tellLan(output, now)));
  } else announce(context, started, { hints: HINTS });
  await life.until(host.closed);
  const error = life.signal.aborted ? null : await host.closed;
  if (error) throw error;
}

/**
 * What does not go together with showing the site over plain HTTP.
 * @throws PortholeError CONFIG_INVALID
 */
export function checkLan({ lan, address, password, passwordFile, inviteOnly, allow, gateway }: Settings): void {
  if (!lan) return;
  const refuse = (what: string, why: string): never => {
    throw new PortholeError('CONFIG_INVALID', `--lan and ${what} do not go together: ${why}`);
  };
  if (password !== undefined || passwordFile !== undefined) refuse('--password', 'over plain HTTP a password would be told in clear');
  if (inviteOnly) refuse('--invite-only', 'over plain HTTP an invitation would be told in clear');
  if (allow !== undefined) refuse('--allow', 'over plain HTTP nobody can prove a key');
  if (gateway === false) refuse('--no-gateway', 'it is the gateway that shows the site to this network');
  if (address !== undefined) refuse('--address', 'it listens on all addresses, and answers this network only');
}
