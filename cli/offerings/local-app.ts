// SPDX-License-Identifier: Apache-2.0
// A local web app as an offering: how its address may be written, its key, and what its first page calls itself.

import { isIP } from 'node:net';
import { appSite } from '../../host-agent/app/site.ts';
import { type AppTarget, appTarget, nearLookup } from '../../host-agent/app/target.ts';
import { PortholeError } from '../../proto/errors.ts';
import type { Site, Visitor } from '../../transport/session/site.ts';
import type { Settings } from '../settings/settings.ts';
import { type Place, placeOf } from '../settings/site-home.ts';
import type { Offering } from './offering.ts';
import { MAX_TITLE_SEARCH_BYTES, titleIn } from './title.ts';

/** How long an app may take to say what its first page is called, in milliseconds: nobody waits longer for a link. */
const TITLE_MS = 1500;
/** Redirections on the way to the first page: to a login, to a language. */
const MAX_REDIRECTIONS = 3;
/** Who asks for the title. */
const OWNER: Visitor = { session: 'owner', via: '', agent: 'porthole', who: 'owner' };

const PORT = /^:?(\d{1,5})$/;
/** A host of this machine or of a private network, which nobody takes for a file's name. */
const HOST = /^(localhost|[a-z0-9.-]+\.localhost|\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\]|[a-z0-9-]+\.local)(:\d{1,5})?(\/.*)?$/i;
/** Any other, with its port: `nas:5000`. */
const HOST_AND_PORT = /^[a-z0-9][a-z0-9.-]+:\d{1,5}(\/.*)?$/i;

/**
 * The app that is meant by what a person wrote: `3000`, `:3000`, `localhost:3000`, `http://127.0.0.1:8000/base/`; null when it is
 * no such address, and so a path.
 * @throws PortholeError USAGE for an address that no app has
 */
export function readApp(what: string): AppTarget | null {
  const [, port] = PORT.exec(what) ?? [];
  if (port !== undefined) {
    if (Number(port) < 1 || Number(port) > 65_535) throw new PortholeError('USAGE', `${port} is no port (1 to 65535), and no folder here`);
    return appTarget(`http://localhost:${Number(port)}/`);
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(what)) return appTarget(what);
  return HOST.test(what) || HOST_AND_PORT.test(what) ? appTarget(`http://${what}`) : null;
}

/** The place of an app: its address, and for one on this machine its port, whatever name it was given by. */
export function placeOfApp({ loopback, secure, authority, port, base }: AppTarget): Place {
  const host = loopback ? `localhost:${port}` : authority;
  return placeOf(`${secure ? 'https' : 'http'}://${host}${base}`, loopback ? `app-${port}${base}` : `${authority}${base}`);
}

/** An app that need not run yet. @throws PortholeError CONFIG_INVALID */
export function appOffering(target: AppTarget, settings: Pick<Settings, 'keepHost' | 'spa'>): Offering {
  if (settings.spa) throw new PortholeError('CONFIG_INVALID', '--spa is for folders; an app answers for itself');
  const at = `${target.origin}${target.base}`;
  return {
    kind: 'app',
    at,
    place: placeOfApp(target),
    gives: 'use the web app at',
    keeps: target.base === '/' ? '(all that it answers)' : '(its site begins there; it is no wall)',
    check: () => leadsNear(target.host),
    async open({ link, onTrouble, keep }) {
      const site = keep(appSite(at, { keepHost: settings.keepHost, link, onTrouble }));
      return { site, title: (await titleOf(site, AbortSignal.timeout(TITLE_MS))) ?? target.authority };
    },
  };
}

/** Looks where a host's name leads. @throws PortholeError LINK_INVALID where that is nowhere, NOT_ALLOWED where it is the internet */
function leadsNear(host: string): Promise<void> {
  if (isIP(host)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    nearLookup()(host, { all: true }, (error) => {
      if (!error) resolve();
      else
        reject(
          error instanceof PortholeError ? error : new PortholeError('LINK_INVALID', `${host} leads nowhere from here`, { cause: error }),
        );
    });
  });
}

/** What an app's first page calls itself. */
async function titleOf(site: Site, signal: AbortSignal): Promise<string | null> {
  try {
    let path = '/';
    for (let asked = 0; asked <= MAX_REDIRECTIONS; asked++) {
      const response = await site(new Request(new URL(path, 'http://site/'), { headers: { accept: 'text/html' }, signal }), OWNER);
      const location = response.headers.get('location');
      if (location === null || response.status < 300 || response.status > 399) {
        return titleIn(await beginningOf(response));
      }
      await response.body?.cancel();
      const next = new URL(location, new URL(path, 'http://site/'));
      if (next.host !== 'site') return null; // its login is elsewhere
      path = next.pathname + next.search;
    }
  } catch {
    // It does not run yet, or takes its time: it is called by its address.
  }
  return null;
}

async function beginningOf(response: Response): Promise<string> {
  const isPage = /^text\/html\b/i.test(response.headers.get('content-type') ?? '') && !response.headers.has('content-encoding');
  if (!response.ok || !isPage) {
    await response.body?.cancel();
    return '';
  }
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of response.body ?? []) {
    pieces.push(piece);
    bytes += piece.length;
    if (bytes >= MAX_TITLE_SEARCH_BYTES) break; // cancels the rest
  }
  return Buffer.concat(pieces).toString('utf8', 0, MAX_TITLE_SEARCH_BYTES);
}
