// SPDX-License-Identifier: Apache-2.0
// WordPress, in PHP with a database: set up in the browser, a login, a post with a picture that is uploaded, and a logout.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import type { App } from '../kit/app.ts';
import { appEnvironment } from '../kit/process.ts';
import { writeProject } from '../kit/project.ts';
import { until } from '../kit/tour.ts';

const TITLE = 'A post with a picture';
/** The picture's width and height, in pixels: beyond 64 KiB, for nothing in it repeats itself. */
const [WIDTH, HEIGHT] = [240, 160];

/** Words that each program of the database wants. */
const database = (folder: string, ...words: string[]): string[] => ['--no-defaults', `--socket=${folder}/database.sock`, ...words];

export const wordpress: App = {
  name: 'WordPress',
  debian: ['wordpress', 'wordpress-theme-twentytwentythree', 'mariadb-server-core', 'php-cli', 'php-mysql', 'php-gd'],
  made: "Debian's `wordpress`, MariaDB and PHP's own server, set up anew in the browser by each way; hosted with `--keep-host`, for WordPress keeps the address that it is set up at, and writes it into its pages",
  make({ folder }) {
    // What the package has under /var comes along: links are followed.
    execFileSync('cp', ['-rL', '/usr/share/wordpress', join(folder, 'site')]);
    execFileSync('cp', ['-rL', '/var/lib/wordpress/wp-content', join(folder, 'site')]);
    const sample = readFileSync(join(folder, 'site', 'wp-config-sample.php'), 'utf8');
    const [config, all] = [
      { database_name_here: 'wordpress', username_here: 'root', password_here: '', localhost: `localhost:${folder}/database.sock` },
      // Nobody is told of it, nor asked for news.
      "define( 'WP_HTTP_BLOCK_EXTERNAL', true );\n/* That's all",
    ];
    const own = Object.entries(config).reduce((text, [from, to]) => text.replace(`'${from}'`, `'${to}'`), sample);
    writeProject(folder, { 'site/wp-config.php': own.replace("/* That's all", all) });
    const data = ['--no-defaults', `--datadir=${folder}/database`, '--auth-root-authentication-method=normal', '--skip-test-db'];
    execFileSync('mariadb-install-db', data, { stdio: 'ignore', env: appEnvironment(folder) });
  },
  start: ({ folder, port }) => ({
    words: [
      'sh',
      '-c',
      `mariadbd ${database(folder, `--datadir=${folder}/database`, '--skip-networking', '--user=root').join(' ')} &
      until mariadb ${database(folder).join(' ')} -e 'CREATE DATABASE wordpress'; do sleep 0.2; done
      exec php -S localhost:${port} -t site`,
    ],
    env: { PHP_CLI_SERVER_WORKERS: '6', PATH: `/usr/sbin:${process.env.PATH}` },
  }),
  ready: '/wp-login.php',
  hosted: ['--keep-host'],
  aspects: ['page', 'navigation', 'assets', 'login', 'upload'],
  async drive(tour, { folder }) {
    execFileSync('mariadb', database(folder, '-e', 'DROP DATABASE wordpress; CREATE DATABASE wordpress'));
    let password = '';
    await tour.step('page', async () => {
      await tour.open('/');
      await tour.site.locator('#weblog_title').fill('A blog');
      await tour.site.locator('#user_login').fill('anna');
      // Its script thinks one up.
      await until('there is a password', async () => {
        password = await tour.site.locator('#pass1').inputValue();
        return password !== '';
      });
      await tour.site.locator('#admin_email').fill('anna@example.org');
      await tour.site.locator('#submit').click();
      await tour.text('h1', 'Success!');
      return tour.site.title();
    });
    await tour.step('login', async () => {
      await tour.site.locator('.step a.button').click();
      await tour.site.locator('#user_login').fill('anna');
      await tour.site.locator('#user_pass').fill(password);
      await tour.site.locator('#wp-submit').click();
      await tour.text('#wp-admin-bar-my-account .display-name', 'anna');
      return tour.site.title();
    });
    await tour.step('upload', async () => {
      await tour.open('/wp-admin/post-new.php');
      // A guide for who is here for the first time.
      await tour.site.locator('.edit-post-welcome-guide [aria-label^="Close"]').click();
      await tour.site.locator('.editor-post-title__input').fill(TITLE);
      await tour.page.keyboard.press('Enter');
      await tour.page.keyboard.type('/image');
      await tour.site.locator('.components-autocomplete__result.is-selected', { hasText: 'Image' }).waitFor();
      await tour.page.keyboard.press('Enter');
      await tour.site
        .locator('.block-editor-media-placeholder input[type=file]')
        .setInputFiles({ name: 'picture.png', mimeType: 'image/png', buffer: picture() });
      await tour.site.locator('.wp-block-image img[src*="/uploads/"]').waitFor();
      await tour.site.locator('.editor-post-publish-panel__toggle').click();
      await tour.site.locator('.editor-post-publish-button').click();
      await tour.site.locator('.post-publish-panel__postpublish-buttons a', { hasText: 'View Post' }).click();
      await tour.text('h1.wp-block-post-title', TITLE);
      const came = await tour.site.locator('.wp-block-image img').evaluate(async (one) => {
        const bytes = new Uint8Array(await (await fetch((one as HTMLImageElement).src.replace(/-\d+x\d+(?=\.png$)/, ''))).arrayBuffer());
        return [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))].join();
      });
      const sent = [...new Uint8Array(await crypto.subtle.digest('SHA-256', picture()))].join();
      if (came !== sent) throw new Error('what came back is not what was sent');
      return 'a picture, which comes back';
    });
    await tour.step('navigation', async () => {
      await tour.open('/');
      await tour.text('h2.wp-block-post-title a', TITLE);
      const { pathname } = new URL(
        await tour.site
          .locator('h2.wp-block-post-title a')
          .first()
          .evaluate((one) => (one as HTMLAnchorElement).href),
      );
      const seen = await tour.thereAndBack('h2.wp-block-post-title a', pathname, 'h1.wp-block-post-title', TITLE);
      await tour.site.locator('#wp-admin-bar-logout a').evaluate((one) => (one as HTMLAnchorElement).click());
      await tour.text('.message', 'You are now logged out.');
      await tour.open(pathname);
      await tour.text('h1.wp-block-post-title', TITLE);
      return `${seen}, ${(await tour.site.locator('#wpadminbar').count()) === 0 ? 'logged out' : 'still logged in'}`;
    });
    await tour.step('assets', () => tour.assets());
  },
};

/** A picture (PNG) of colours that are by chance, though always the same. */
function picture(): Buffer<ArrayBuffer> {
  const line = 1 + 3 * WIDTH;
  const bytes = Buffer.alloc(line * HEIGHT);
  let chance = 1;
  for (let at = 0; at < bytes.length; at++) {
    chance = (Math.imul(chance, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = at % line === 0 ? 0 : chance >>> 24;
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(WIDTH, 0);
  head.writeUInt32BE(HEIGHT, 4);
  head.set([8, 2], 8); // red, green and blue, a byte each
  const part = (name: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(data.length, 0);
    ends.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, part('IHDR', head), part('IDAT', deflateSync(bytes)), part('IEND', Buffer.alloc(0))]);
}
