// SPDX-License-Identifier: Apache-2.0
// Saves files of the site by navigating a frame: Chromium sends a link with `download` past the service worker.

import { DOWNLOAD_PATH, HEAD_WITHIN_MS } from '../shared/bridge.ts';
import type { ShellWindow } from '../shared/outer-shell.ts';

/** Milliseconds after which the hidden frame of a download goes: by then the download is the browser's own, or failed. */
const FRAME_FOR_MS = HEAD_WITHIN_MS + 60_000;

/** A link to save a file of the site, and the name of a hidden frame of the shell's, which outlives this page, to follow it in. */
export function startDownload(shell: ShellWindow, url: URL, name: string): { href: string; frame: string } {
  const frame = shell.document.createElement('iframe');
  frame.hidden = true;
  frame.name = `porthole-download-${crypto.randomUUID()}`;
  frame.title = 'Download';
  const gone = setTimeout(() => frame.remove(), FRAME_FOR_MS);
  frame.addEventListener('load', () => {
    // A download leaves the frame empty; only an error puts a page into it.
    if (frame.contentDocument?.documentElement.dataset.portholeError === undefined) return;
    clearTimeout(gone);
    const reason = frame.contentDocument.querySelector('h1')?.textContent;
    const what = name || url.pathname.split('/').pop() || 'The file';
    shell.portholePages?.tell(`${what} could not be saved${reason ? `: ${reason}` : ''}.`);
    frame.remove();
  });
  shell.document.body.append(frame);
  const query = new URLSearchParams({ path: url.pathname + url.search, name });
  return { href: `${DOWNLOAD_PATH}?${query}`, frame: frame.name };
}
