// SPDX-License-Identifier: Apache-2.0
// Finds the shell that a page is shown in, and what that shell does for pages of the site.

import { FRAME_ID } from './bridge.ts';
import type { PageMessage } from './session-messages.ts';

/** What a shell's window has for the pages in it: they are of its own origin. */
export interface ShellWindow extends Window {
  /** There once the shell's script runs; what is said before is kept in `portholeSaid`. */
  portholePages?: ForPages;
  portholeSaid?: [message: PageMessage, ports: Transferable[]][];
}

export interface ForPages {
  /** Tells the session. */
  say(message: PageMessage, ports: Transferable[]): void;
  /** The frame is somewhere else without another document. */
  moved(): void;
  /** Tells the person something. */
  tell(message: string): void;
}

/** The shell that this page is in, near or far; null when it is in none. */
export function outerShell(): ShellWindow | null {
  try {
    for (let at: Window = window; at !== at.parent; at = at.parent) {
      if (at.parent.document.getElementById(FRAME_ID)) return at.parent;
    }
  } catch {
    // A page of another origin shows this site in a frame, or this one may not look around (sandbox).
  }
  return null;
}
