// SPDX-License-Identifier: Apache-2.0
// One page of a folder, as it is shown.

import type { Unseen } from './folder.ts';
import type { Ordered, View } from './listing-view.ts';

/** An entry that is shown. */
export interface Shown extends Ordered {
  readonly size: number | null;
  readonly modified: Date;
}

/** Entries that are there and not shown, by the reason. */
export type LeftOut = Record<Unseen | 'unlinkable', number> & { hidden: boolean };

/** One page of a folder. */
export interface Listing {
  /** The folder's name inside the site, '' for the site itself. */
  readonly name: string;
  readonly view: View;
  readonly shown: readonly Shown[];
  /** Of all pages: what the filter lets through, and what there is. */
  readonly found: number;
  readonly total: number;
  readonly pages: number;
  /** Whether there are more than MAX_LISTED entries. */
  readonly more: boolean;
  /** Whether it can be ordered by size and time. */
  readonly measurable: boolean;
  readonly leftOut: LeftOut;
}
