// SPDX-License-Identifier: Apache-2.0
// The badge on pages that come through a gateway: says how they came, folds to a dot, and can be put away. Plain JavaScript, which is
// given WORDS (badged.ts).

(() => {
  const HIDDEN_KEY = 'porthole-badge-hidden';
  /** Milliseconds until the badge folds to a dot. */
  const FOLD_AFTER_MS = 4000;
  const STYLE = `
    :host { all: initial; position: fixed; z-index: 2147483647; right: 0; bottom: 0; color-scheme: light dark; display: block;
      --card: #ffffff; --ink: #17232b; --soft: #566670; --line: #d8dfe3; --fair: #b7791f; --sea: #0b6b75;
      --shadow: 0 1px 2px rgb(16 32 42 / 8%), 0 8px 24px rgb(16 32 42 / 12%); }
    @media (prefers-color-scheme: dark) { :host {
      --card: #19232a; --ink: #e6edf1; --soft: #97a8b2; --line: #2b3840; --fair: #e2a84b; --sea: #5cc2cc; } }
    @media print { :host { display: none; } }
    aside { position: fixed; right: calc(12px + env(safe-area-inset-right)); bottom: calc(12px + env(safe-area-inset-bottom));
      display: flex; flex-direction: column; align-items: flex-end; gap: 8px; pointer-events: none; color: var(--ink);
      font: 13px / 1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
    aside > * { pointer-events: auto; }
    button { margin: 0; border: 0; color: inherit; font: inherit; cursor: pointer; }
    button:focus-visible { outline: 2px solid var(--sea); outline-offset: 2px; }
    .toggle { display: flex; align-items: center; height: 28px; padding: 0 10px; border-radius: 99px; background: var(--card);
      box-shadow: var(--shadow); transition: opacity 0.2s; }
    .dot { flex: none; width: 8px; height: 8px; border-radius: 50%; background: var(--fair); }
    :host([data-direct="true"]) .dot { background: var(--sea); }
    .words { max-width: 14rem; margin-left: 7px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis;
      transition: max-width 0.3s ease, margin 0.3s ease; }
    .folded .toggle:not(:hover, :focus-visible, [aria-expanded="true"]) { opacity: 0.75; }
    .folded .toggle:not(:hover, :focus-visible, [aria-expanded="true"]) .words { max-width: 0; margin-left: 0; }
    .card { width: min(20rem, calc(100vw - 24px)); max-height: calc(100vh - 72px); box-sizing: border-box; padding: 16px; overflow-y: auto;
      border: 1px solid var(--line); border-radius: 12px; background: var(--card); box-shadow: var(--shadow); }
    .card[hidden] { display: none; }
    p { margin: 0 0 10px; text-wrap: pretty; }
    .title { font-size: 15px; font-weight: 650; }
    .soft { color: var(--soft); }
    .card button { padding: 4px 12px; border: 1px solid var(--line); border-radius: 8px; background: none; }
    @media (prefers-reduced-motion: reduce) { * { transition: none !important; } }`;

  const away = () => {
    try {
      return sessionStorage.getItem(HIDDEN_KEY) !== null;
    } catch {
      return false; // storage is off: the badge is there
    }
  };
  // In a frame the page around it has its own.
  if (window.top !== window || document.getElementById('porthole-badge') || away()) return;

  const make = (name, className, text = '') => {
    const element = document.createElement(name);
    element.className = className;
    element.textContent = text;
    return element;
  };
  const host = make('div', '');
  host.id = 'porthole-badge';
  host.dataset.via = WORDS.via;
  host.dataset.direct = String(WORDS.direct);
  const root = host.attachShadow({ mode: 'open' });
  // A style sheet made so is no inline style, which a site's policy may refuse.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];

  const aside = make('aside', '');
  aside.ariaLabel = 'Connection to this site';
  const card = make('div', 'card');
  card.id = 'card';
  card.hidden = true;
  const hide = make('button', '', 'Hide in this tab');
  hide.type = 'button';
  card.append(make('p', 'title', WORDS.title), ...WORDS.text.map((text, at) => make('p', at === 0 ? '' : 'soft', text)), hide);
  const toggle = make('button', 'toggle');
  toggle.type = 'button';
  toggle.setAttribute('aria-controls', 'card');
  const dot = make('span', 'dot');
  dot.ariaHidden = 'true';
  toggle.append(dot, make('span', 'words', WORDS.title));
  aside.append(card, toggle);
  root.append(aside);

  let fold;
  const open = (isOpen) => {
    card.hidden = !isOpen;
    toggle.setAttribute('aria-expanded', String(isOpen));
    aside.classList.remove('folded');
    clearTimeout(fold);
    fold = setTimeout(() => {
      if (card.hidden) aside.classList.add('folded');
    }, FOLD_AFTER_MS);
  };
  toggle.addEventListener('click', () => open(card.hidden));
  hide.addEventListener('click', () => {
    host.remove();
    try {
      sessionStorage.setItem(HIDDEN_KEY, 'true');
    } catch {
      // It comes back with the next page
    }
  });
  document.addEventListener('click', (event) => {
    if (!card.hidden && event.target !== host) open(false);
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || card.hidden) return;
    open(false);
    toggle.focus();
  });
  const show = () => {
    document.body?.append(host);
    open(false);
  };
  // The script stands after the document's end, but may come before the rest of it was read.
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', show, { once: true });
  else show();
})();
