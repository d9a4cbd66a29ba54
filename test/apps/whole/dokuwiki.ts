// SPDX-License-Identifier: Apache-2.0
// DokuWiki, in PHP: a login by a session's cookie, a page that is written, and an upload.

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../kit/app.ts';
import { writeProject } from '../kit/project.ts';

const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
const DATA = ['attic', 'cache', 'index', 'locks', 'log', 'media', 'media_attic', 'media_meta', 'meta', 'pages', 'tmp'];
const secret = createHash('md5').update('a secret').digest('hex');

export const dokuwiki: App = {
  name: 'DokuWiki',
  debian: ['dokuwiki', 'php-cli', 'php-xml'],
  made: "Debian's `dokuwiki` and PHP's own server, with data of its own and one user",
  make({ folder }) {
    // What the package has under /etc and /var comes along: its links are followed.
    execFileSync('cp', ['-rL', '/usr/share/dokuwiki', join(folder, 'wiki')]);
    for (const name of DATA) mkdirSync(join(folder, 'data', name), { recursive: true });
    writeProject(folder, {
      'before.php': `<?php define('DOKU_CONF', '${folder}/conf/');\n`,
      'conf/local.php': `<?php
$conf['title'] = 'A wiki';
$conf['useacl'] = 1;
$conf['savedir'] = '${folder}/data';
`,
      'conf/users.auth.php': `anna:${secret}:Anna:anna@example.org:user\n`,
      'conf/acl.auth.php': '*\t@ALL\t1\n*\t@user\t8\n',
    });
  },
  start: ({ folder, port }) => ({
    words: ['php', '-d', `auto_prepend_file=${folder}/before.php`, '-S', `localhost:${port}`, '-t', 'wiki'],
    env: { PHP_CLI_SERVER_WORKERS: '4' },
  }),
  ready: '/doku.php',
  aspects: ['page', 'navigation', 'assets', 'login', 'upload'],
  async drive(tour, { folder }) {
    await tour.step('page', async () => {
      await tour.open('/doku.php?id=start');
      await tour.text('.action.login a', 'Log In');
      return tour.site.title();
    });
    await tour.step('assets', () => tour.assets());
    await tour.step('login', async () => {
      await tour.site.locator('.action.login a').first().click();
      await tour.site.locator('#dw__login input[name=u]').fill('anna');
      await tour.site.locator('#dw__login input[name=p]').fill('a secret');
      await tour.site.locator('#dw__login button[type=submit]').click();
      await tour.text('li.user', 'Anna');
      return (await tour.site.locator('li.user').textContent())?.trim() ?? '';
    });
    await tour.step('navigation', async () => {
      // An edit is posted, and answered with a redirect to the page.
      await tour.open('/doku.php?id=start&do=edit');
      const words = `Written at ${Date.now()}`;
      await tour.site.locator('#wiki__text').fill(`====== ${words} ======\n[[other]]`);
      await tour.site.locator('#edbtn__save').click();
      await tour.text('h1', words);
      return tour.thereAndBack('a.wikilink2', '/doku.php', 'h1', 'This topic does not exist yet');
    });
    await tour.step('upload', async () => {
      const name = `picture-${Date.now()}.png`;
      await tour.open('/doku.php?id=start&do=media&tab_files=upload');
      await tour.site
        .locator('#mediamanager__uploader .qq-upload-button input[type=file]')
        .setInputFiles({ name, mimeType: 'image/png', buffer: PICTURE });
      await tour.site.locator('#mediamanager__upload_button').click();
      await tour.site.locator('#mediamanager__uploader .qq-upload-success').waitFor();
      const kept = await readFile(join(folder, 'data', 'media', name));
      if (!kept.equals(PICTURE)) throw new Error('what was kept is not what was sent');
      return `${kept.length} bytes`;
    });
  },
};
