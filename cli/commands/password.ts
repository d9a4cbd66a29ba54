// SPDX-License-Identifier: Apache-2.0
// `porthole password`: another password for a site hosted from this machine. A host that runs takes it at once.

import { PortholeError } from '../../proto/errors.ts';
import { siteHomeOf } from '../offerings/read.ts';
import type { Context } from '../terminal/context.ts';
import { hostPassword } from '../terminal/passwords.ts';

export async function password(context: Context, what: string): Promise<void> {
  const { settings, output, prompt } = context;
  const home = await siteHomeOf(what, settings);
  const site = await home.known();
  if (!site) throw new PortholeError('SITE_UNKNOWN', 'this site was never hosted from here; bring it online first:  porthole host');
  await hostPassword({ settings: { ...settings, password: settings.password ?? true }, prompt, output }, home.passwordFile);
  output.event(
    { event: 'password-kept', name: site.name },
    'This is the password now. A host that runs and asks for one takes it within a second, and ends the visits that another one let in.',
  );
}
