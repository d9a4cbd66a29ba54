// SPDX-License-Identifier: Apache-2.0
// The script of the session's worker: a visit to the site of this origin, by the strategies a browser has.

import { rtcElsewhere } from '../../../transport/rtc/elsewhere.ts';
import { dataChannel } from '../../../transport/strategies/data-channel.ts';
import { RELAY, relaySuits } from '../../../transport/strategies/descriptions.ts';
import { later } from '../../../transport/strategies/later.ts';
import { type PageSource, watchPageNetwork } from '../../../transport/system/network-browser.ts';
import { startVisit } from '../../visit/connect.ts';
import { pagePrimitives } from '../shared/cryptography.ts';
import { loadPart } from '../shared/parts.ts';
import { listen } from './listen.ts';
import { runSession } from './run.ts';

const relay = later(RELAY, relaySuits, async () => (await loadPart(() => import('./relay-part.ts'))).pageRelay);

listen(() =>
  runSession(async (visitor, tabs) => {
    const place = () => tabs.first(({ rtc }) => rtc);
    const direct = place() ? [dataChannel(rtcElsewhere(() => place()?.peers ?? null))] : [];
    const { connection } = navigator as { connection?: EventTarget };
    const source: PageSource = { window: globalThis as unknown as EventTarget, document: tabs.sight, connection };
    return startVisit(location.origin, {
      ...visitor,
      strategies: [...direct, relay],
      primitives: await pagePrimitives(),
      network: (changed) => {
        const stop = watchPageNetwork({ source })(changed);
        const back = (): void => changed('a page of the site is open again');
        tabs.sight.addEventListener('return', back);
        return () => {
          stop();
          tabs.sight.removeEventListener('return', back);
        };
      },
      agent: 'porthole/browser',
    });
  }),
);
