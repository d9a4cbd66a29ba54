// SPDX-License-Identifier: Apache-2.0
// The portal: the sites of this suite, online and offline, and the search in them.

import { type Html, html } from './html.ts';
import { page } from './layout.ts';
import { ago } from './time.ts';

/** A site as the portal shows it. */
export interface PortalSite {
  readonly name: string;
  readonly link: string;
  readonly title: string;
  readonly owner: string;
  readonly purpose: string;
  readonly contact: string;
  readonly keywords: readonly string[];
  readonly online: boolean;
  /** Milliseconds since 1970. */
  readonly lastSeen: number;
}

export interface PortalView {
  /** What was searched for; empty: everything. */
  readonly query: string;
  /** Online ones first. */
  readonly sites: readonly PortalSite[];
  /** How many listed sites there are in all. */
  readonly known: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What the suite's links start with. */
  readonly suite: string;
  readonly version: string;
}

/** The whole page. It lives without its script; with it, it follows presence and typing. */
export function portalPage(view: PortalView): string {
  return page({
    title: view.query === '' ? 'Porthole' : `${view.query} · Porthole`,
    portal: '/',
    scripts: ['portal.js'],
    version: view.version,
    aside: html`<span class="live" id="live" hidden>Live</span>`,
    body: html`<section class="intro">
<h1>Sites</h1>
<p>Each one is served by the computer it lives on.</p>
<form class="search" role="search" action="/" method="get">
<label class="unseen" for="q">Search by name, owner, purpose or keyword</label>
<svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="8.5" cy="8.5" r="5.5"/><path d="m13 13 4.5 4.5"/></svg>
<input id="q" name="q" type="search" maxlength="200" placeholder="Search sites" value="${view.query}" autocomplete="off" spellcheck="false">
</form>
</section>
<div id="sites">
${portalSites(view)}
</div>`,
  });
}

/** The part that changes: the lists, or what stands in their place. */
export function portalSites(view: PortalView): Html {
  const online = view.sites.filter((site) => site.online);
  const offline = view.sites.filter((site) => !site.online);
  if (view.sites.length === 0) return view.query === '' ? nothingYet(view) : nothingFound(view);
  return html`${online.length > 0 && list('Online', online, view)}
${offline.length > 0 && list('Offline', offline, view)}
${view.query === '' && view.known > view.sites.length && html`<p class="note">Showing ${view.sites.length} of ${view.known} sites. Search to find the others.</p>`}
${view.query !== '' && html`<p class="note"><a href="/">Show all sites</a></p>`}`;
}

function list(heading: string, sites: readonly PortalSite[], view: PortalView): Html {
  return html`<section class="group">
<h2>${heading} <span class="count">${sites.length}</span></h2>
<ul class="sites">
${sites.map((site) => item(site, view))}
</ul>
</section>`;
}

function item(site: PortalSite, view: PortalView): Html {
  const byline = [site.owner, site.contact].filter((text) => text !== '').join(' · ');
  return html`<li class="site ${site.online ? 'online' : 'offline'}">
<div class="head">
<h3><a class="title" href="${site.link}">${site.title || site.name}</a></h3>
${state(site, view)}
</div>
<p class="address">${site.link.replace(/^https?:\/\//, '').replace(/\/$/, '')}</p>
${site.purpose !== '' && html`<p class="purpose">${site.purpose}</p>`}
${byline !== '' && html`<p class="byline">${byline}</p>`}
${site.keywords.length > 0 && html`<p class="keywords">${site.keywords.map((word) => html`<a href="/?q=${encodeURIComponent(word)}">${word}</a> `)}</p>`}
</li>
`;
}

function state(site: PortalSite, view: PortalView): Html {
  if (site.online) return html`<p class="state"><span class="dot"></span>Online</p>`;
  const time = new Date(site.lastSeen).toISOString();
  return html`<p class="state"><span class="dot"></span>Offline<span class="seen"> · last seen <time datetime="${time}">${ago(view.now - site.lastSeen)}</time></span></p>`;
}

function nothingYet(view: PortalView): Html {
  return html`<section class="empty">
<svg viewBox="0 0 64 64" aria-hidden="true"><circle cx="32" cy="32" r="27"/><circle cx="32" cy="32" r="17"/><path d="M17 36.5c5-4.2 10-4.2 15 0s10 4.2 15 0"/></svg>
<h2>No sites yet</h2>
<p>Put a folder online from your own computer:</p>
<pre><code>porthole host ./my-site --suite ${view.suite}</code></pre>
<p>It appears here the moment it is online.</p>
</section>`;
}

function nothingFound(view: PortalView): Html {
  return html`<section class="empty">
<h2>Nothing matches “${view.query}”</h2>
<p>A search finds sites that have every word in their name, title, owner, purpose or keywords.</p>
<p><a href="/">Show all sites</a></p>
</section>`;
}
