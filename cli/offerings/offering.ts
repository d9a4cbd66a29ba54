// SPDX-License-Identifier: Apache-2.0
// What a person can bring online, whatever it is: how it is called, where its key is kept, and the words for it.

import type { Site } from '../../transport/session/site.ts';
import type { Place } from '../settings/site-home.ts';

/** What an offering needs to be opened. */
export interface Opening {
  /** The site's home: files of ours that lie in what is shared are not served. */
  readonly own: readonly string[];
  /** Where the hashes of its content may be kept. */
  readonly hashesFile: string;
  /** The site's link, once it is online. */
  readonly link: () => string | undefined;
  /** Told what is wrong with it while it is online; null when that is over. */
  readonly onTrouble: (trouble: { readonly code: string; readonly words: string } | null) => void;
  /** Has something closed when the program ends. */
  keep<T extends { close(): Promise<void> }>(one: T): T;
}

/** An offering that is open. */
export interface Opened {
  readonly site: Site;
  /** What it calls itself, else what it is called. */
  readonly title: string;
}

/** One thing to bring online. */
export interface Offering {
  readonly kind: 'folder' | 'file' | 'app';
  /** Its whole path, or its address. */
  readonly at: string;
  /** What its key and its name are made for. */
  readonly place: Place;
  /** The sentence that says what a link to it gives away: `Anyone with this link can` … */
  readonly gives: string;
  /** What follows: what is not given away. */
  readonly keeps: string;
  /** Something that should be said beside, in words; undefined when there is nothing. */
  readonly remark?: string;
  /**
   * What is refused before anything is made for it.
   * @throws PortholeError why it cannot be brought online
   */
  check(home: string | null): Promise<void>;
  open(opening: Opening): Promise<Opened>;
}
