// The tabs of "How it works": each is an address of its own (?step=…), kept by history.pushState.

(() => {
  const tabs = [...document.querySelectorAll('.tabs a')];
  const stepOf = (href) => new URL(href, location.href).searchParams.get('step');

  function follow() {
    const asked = stepOf(location.href);
    const chosen = tabs.find((tab) => stepOf(tab.href) === asked) ?? tabs[0];
    for (const tab of tabs) {
      tab.setAttribute('aria-selected', String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      document.getElementById(tab.getAttribute('aria-controls')).hidden = tab !== chosen;
    }
    document.title = `${chosen.textContent} · How Porthole works`;
    return chosen;
  }

  for (const tab of tabs) {
    tab.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (tab.href !== location.href) history.pushState(null, '', tab.getAttribute('href'));
      follow();
    });
    tab.addEventListener('keydown', (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by) return;
      const next = tabs.at((tabs.indexOf(tab) + by) % tabs.length);
      next.click();
      next.focus();
    });
  }
  addEventListener('popstate', follow);
  follow();
})();
