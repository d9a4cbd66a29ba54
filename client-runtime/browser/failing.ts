// SPDX-License-Identifier: Apache-2.0
// Laid into the shell page by the build: when the page's own script does not come, it says so and lets a person try again.

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
