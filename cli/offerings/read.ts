// SPDX-License-Identifier: Apache-2.0
// Which kind of thing a person means by what stands on the command line.

import { existsSync } from 'node:fs';
import { usableHome } from '../settings/home.ts';
import type { Settings } from '../settings/settings.ts';
import { SiteHome } from '../settings/site-home.ts';
import { filesOffering, placeOfFiles } from './files.ts';
import { appOffering, placeOfApp, readApp } from './local-app.ts';
import type { Offering } from './offering.ts';

/** What is there on the disk is meant before a port is: a folder called 3000 can be shared by its name. Addresses with a scheme are addresses. */
const isThere = (what: string): boolean => !/^[a-z][a-z0-9+.-]+:\/\//i.test(what) && existsSync(what);

/**
 * Reads what is to be brought online: a folder, a file, or the address or port of a web app.
 * @throws PortholeError FOLDER_MISSING, CONFIG_INVALID, USAGE, LINK_INVALID, NOT_ALLOWED
 */
export async function readOffering(what: string, settings: Pick<Settings, 'listing' | 'spa' | 'keepHost'>): Promise<Offering> {
  if (isThere(what)) {
    const remark = /^\d+$/.test(what)
      ? `"${what}" is in this folder, and is shared; for the app on port ${what}: localhost:${what}`
      : undefined;
    return filesOffering(what, settings, remark);
  }
  const app = readApp(what);
  return app ? appOffering(app, settings) : filesOffering(what, settings);
}

/**
 * What this machine keeps of a site that was hosted from here.
 * @param what as it was hosted; empty where the name says which
 * @throws PortholeError as `readOffering` and `SiteHome.of`
 */
export async function siteHomeOf(what: string, settings: Pick<Settings, 'name' | 'home'>): Promise<SiteHome> {
  const home = await usableHome(settings);
  if (settings.name !== undefined || what === '') return SiteHome.of(home, undefined, settings.name);
  const app = isThere(what) ? null : readApp(what);
  return SiteHome.of(home, app ? placeOfApp(app) : await placeOfFiles(what), undefined);
}
