// SPDX-License-Identifier: Apache-2.0
// Keeps the portal's list true: asks for it again when presence changes, and while someone types a search.

const list = document.getElementById('sites');
const field = document.getElementById('q');
const live = document.getElementById('live');

/** Cancels the request under way when a newer one makes its answer stale. */
let pending = new AbortController();

async function refresh() {
  pending.abort();
  pending = new AbortController();
  const { signal } = pending;
  try {
    const answer = await fetch(`/.porthole/sites?q=${encodeURIComponent(field.value)}`, { signal });
    if (!answer.ok) return;
    const markup = await answer.text();
    // Replacing what is the same would take away focus and selection.
    if (!signal.aborted && markup !== refresh.last) {
      refresh.last = markup;
      const focused = document.activeElement?.closest('#sites a')?.getAttribute('href');
      list.innerHTML = markup;
      if (focused) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
    }
  } catch {
    // The suite is away; the event stream comes back by itself and asks again.
  }
}

/** Presence is followed only while the page is seen: a browser has few connections to give to one host. */
let events;
function follow() {
  events?.close();
  events = undefined;
  live.hidden = true;
  if (document.hidden) return;
  events = new EventSource('/.porthole/presence');
  events.addEventListener('change', () => {
    live.hidden = false;
    void refresh();
  });
  events.addEventListener('error', () => {
    live.hidden = true;
    // A browser gives up for good on an answer that is no stream, such as a proxy's error page.
    if (events?.readyState === EventSource.CLOSED) setTimeout(follow, 5000);
  });
}
document.addEventListener('visibilitychange', follow);
follow();

let typing;
field.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => {
    const query = field.value.trim();
    history.replaceState(null, '', query === '' ? '/' : `/?q=${encodeURIComponent(query)}`);
    void refresh();
  }, 150);
});

// "5 min ago" grows older by itself.
setInterval(() => {
  if (!document.hidden) void refresh();
}, 60_000);
