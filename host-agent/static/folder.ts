// SPDX-License-Identifier: Apache-2.0
// The Folder interface: what lies in the folder can be opened, and nothing that lies elsewhere, wherever links lead.

import type { FileFacts } from './facts.ts';
import type { Descriptor } from './fd.ts';

/** A regular file, open for reading. Whoever gets it closes `fd`. */
export interface OpenFile {
  readonly fd: Descriptor;
  readonly facts: FileFacts;
}

/** Why a name is not to be had: it is nothing a visitor may have, this program may not read it, or too much is open just now. */
export type Refusal = 'missing' | 'forbidden' | 'busy';

/** What a name turned out to be. */
export type Found = OpenFile | 'folder' | Refusal;

/** What can be said of a file or folder without opening it; `size` in bytes, null for a folder. */
export interface Look {
  readonly size: number | null;
  readonly modified: Date;
}

/**
 * Why visitors may not have a name: it leads out, to what is hidden or nowhere; it is neither file nor folder; this program may
 * not read it.
 */
export type Unseen = 'elsewhere' | 'special' | 'unreadable';

/** An entry of a folder. Of a link, only a look tells what it is. */
export interface Entry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'unknown';
}

/** What lies in a folder. */
export interface Entries {
  /** In no order. */
  readonly entries: readonly Entry[];
  /** Whether there are more than were asked for. */
  readonly more: boolean;
  /** Whether there are some that are kept from visitors: dot names, settings. */
  readonly hidden: boolean;
  /** How many have names that no link can carry: they are not UTF-8, or have a backslash. */
  readonly unlinkable: number;
  /** How many are neither file nor folder nor link. */
  readonly special: number;
}

/** A folder whose content is offered. Names are relative to it, with slashes, without a slash at either end. */
export interface Folder {
  /** Opens what has this name, following links that stay inside. Rejects with SITE_FAILED when the disk fails. */
  open(name: string): Promise<Found>;
  /** What lies in a folder of it, `most` public entries at the most. Rejects with SITE_FAILED when the disk fails. */
  entries(name: string, most: number): Promise<Entries | Refusal>;
  /** What has this name, or why visitors may not have it. */
  look(name: string): Promise<Look | Unseen>;
}
