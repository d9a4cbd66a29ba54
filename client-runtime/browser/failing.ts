// SPDX-License-Identifier: Apache-2.0
// Laid into the shell page by the build: asks early for the session's script, and when the page's own does not come, says so and lets a
// person try again.

/** Filled in by the build. */
declare const PORTHOLE_SESSION: string;

// Into the browser's cache: the worker that will want it is started by the page's script.
fetch(PORTHOLE_SESSION).catch(() => undefined);

addEventListener(
  'error',
  ({ target }) => {
    const byId = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;
    if (!(target instanceof HTMLScriptElement)) return;
    const say = (): void => {
      const title = 'The page did not load whole';
      byId('porthole-status').dataset.busy = 'false';
      byId('porthole-status-title').textContent = document.title = title;
      byId('porthole-status-text').textContent = 'Its own script did not come. Check your connection, and try again.';
      const again = byId('porthole-status-again');
      again.hidden = false;
      again.onclick = () => location.reload();
    };
    // The script's place is above the words.
    if (document.readyState === 'loading') addEventListener('DOMContentLoaded', say);
    else say();
  },
  true,
);
