// SPDX-License-Identifier: Apache-2.0
// What accompanies the site: its title and icon in the tab, and the badge. Loaded after the site's first answer.

import { loadPart } from '../shared/parts.ts';
import type { TabState } from '../shared/session-messages.ts';
import type { Badge } from '../status/badge.ts';
import { withWords } from '../status/words.ts';

const badgePart = (): Promise<typeof import('../status/badge-part.ts')> => loadPart(() => import('../status/badge-part.ts'));

export class Beside {
  #badge: Badge | null = null;
  #bringing = false;

  /** Brings the badge. @param show once it is there */
  async bring(show: () => void): Promise<void> {
    if (this.#bringing) return;
    this.#bringing = true;
    try {
      const { Badge, overStyle } = await badgePart();
      await overStyle;
      this.#badge = new Badge();
      withWords(() => undefined); // for when the suite is away
      show();
    } catch {
      this.#bringing = false; // the site can be seen without: it is tried again with the next answer
    }
  }

  /** Shows how the visit stands, where the badge is there. */
  show({ status, history, strategies }: TabState, name: string): void {
    this.#badge?.show(status, name, history, strategies);
  }

  /** Gives the tab the page's title and icon. */
  mirror(page: Document, name: string): void {
    void badgePart().then(
      ({ mirrorHead }) => mirrorHead(page, name),
      () => undefined,
    );
  }
}
