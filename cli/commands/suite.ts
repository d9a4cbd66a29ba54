// SPDX-License-Identifier: Apache-2.0
// `porthole suite`: the suite alone, for a public machine.

import { startSuite } from '../running/start-suite.ts';
import type { Context } from '../terminal/context.ts';
import { reachOf } from '../terminal/links.ts';

const OWN_HINT = 'Its links lead to this machine only; with a name, to everyone:  --domain suite.example\n';

export async function suite(context: Context): Promise<void> {
  const { output, life } = context;
  const running = life.keep(await startSuite(context, '0.0.0.0'));
  const isOwn = reachOf(running.url) === 'This machine';
  output.event(
    { event: 'ready', suite: running.url, port: running.port, stunPort: running.stunPort },
    `The suite is open at ${running.url}/\nBring a site online:  porthole host <what> --suite ${running.url}\n${isOwn ? OWN_HINT : ''}`,
  );
  await life.until(new Promise(() => {}));
}
