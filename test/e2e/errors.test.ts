// SPDX-License-Identifier: Apache-2.0
// Bad input at the command line: a coded error in words, a non-zero exit, and nothing harmed.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { ERRORS, type ErrorCode } from '../../proto/errors.ts';
import { Porthole, scratch } from '../support/porthole.ts';

describe('errors at the command line', () => {
  let folder: Awaited<ReturnType<typeof scratch>>;
  let suite: Porthole;
  let url: string;
  let site: string;

  before(async () => {
    folder = await scratch();
    site = join(folder.path, 'site');
    await mkdir(site);
    await writeFile(join(site, 'index.html'), 'hello');
    suite = new Porthole(['suite', '--port', '0', '--address', '127.0.0.1'], join(folder.path, 'suite'), { cwd: folder.path });
    url = (await suite.waitFor('ready')).suite as string;
  });
  after(async () => {
    assert.equal(await suite.stop(), 0);
    await folder.drop();
  });

  const run = (args: string[], home = 'home', env: NodeJS.ProcessEnv = {}): Porthole =>
    new Porthole(args, join(folder.path, home), { cwd: folder.path, env });

  async function fails(code: ErrorCode, args: string[], home?: string, env?: NodeJS.ProcessEnv): Promise<void> {
    const porthole = run(args, home, env);
    assert.equal(await porthole.ended, ERRORS[code].exit, JSON.stringify(porthole.events) + porthole.stderr);
    const error = porthole.events.find(({ event }) => event === 'error');
    assert.equal(error?.code, code, JSON.stringify(porthole.events));
    assert.ok(String(error?.message).length > 10);
  }

  it('a folder that is not there', () => fails('FOLDER_MISSING', ['host', 'nowhere', '--suite', url]));
  it('a device in place of a folder', () => fails('FOLDER_MISSING', ['host', '/dev/null', '--suite', url]));
  it('a name that cannot be one', () => fails('NAME_INVALID', ['host', site, '--suite', url, '--name', 'no spaces']));
  it('a suite that is not there', () => fails('SUITE_UNREACHABLE', ['host', site, '--suite', 'http://127.0.0.1:9'])).timeout(20_000);
  it('a suite that is no URL', () => fails('CONFIG_INVALID', ['host', site, '--suite', 'null/']));
  it('a suite that is no URL, in the environment', () =>
    fails('CONFIG_INVALID', ['exam'], 'home', { PORTHOLE_SUITE: 'ftp://suite.example' }));
  it('a site for this network that has a password', () => fails('CONFIG_INVALID', ['up', site, '--lan', '--password', '--port', '0']));
  it('something that is no URL', () => fails('LINK_INVALID', ['get', 'not a link']));
  it('an unknown site', () => fails('SITE_UNKNOWN', ['get', `${url}/nobody`]));
  it('an unknown strategy', () => fails('USAGE', ['get', `${url}/nobody`, '--via', 'carrier-pigeon']));
  it('a policy among strategies', () => fails('USAGE', ['get', `${url}/nobody`, '--via', 'relay,fastest']));
  it('an unknown option', () => fails('USAGE', ['get', `${url}/nobody`, '--no-such-option']));
  it('no command that is known', () => fails('USAGE', ['dance']));
  it('an unknown setting in the environment', () => fails('CONFIG_INVALID', ['get', `${url}/nobody`], 'home', { PORTHOLE_VIAA: 'relay' }));
  it('an exam at a suite that takes none', () => fails('NOT_ALLOWED', ['exam', '--suite', url]));
  it('a second address that is not this machine’s', () =>
    fails('CONFIG_INVALID', ['suite', '--port', '0', '--address', '127.0.0.1', '--address', '192.0.2.1']));
  it('a link without its scheme to a site nobody has', () =>
    fails('SITE_UNKNOWN', ['get', new URL('/nobody', url).href.slice('http://'.length)]));
  it('a time that is none', () => fails('CONFIG_INVALID', ['invite', '--name', 'x', '--expires', 'soon']));
  it('an invitation to a site that was never hosted here', () => fails('SITE_UNKNOWN', ['invite', '--name', 'nobody']));
  it('an invitation to nothing', () => fails('USAGE', ['invite']));
  it('a damaged invitation', () => fails('TOKEN_INVALID', ['get', `${url}/nobody#invite=*`]));
  it('a list of keys that is not there', () => fails('CONFIG_INVALID', ['host', site, '--suite', url, '--allow', 'nowhere']));
  it('a password from nowhere', () => fails('CONFIG_INVALID', ['host', site, '--suite', url, '--password']));
  it('a password file that is not there', () => fails('CONFIG_INVALID', ['get', `${url}/nobody`, '--password-file', 'nowhere']));
  it('the identity at a site nobody has', () => fails('SITE_UNKNOWN', ['identity', `${url}/nobody`]));
  it('a port that is none', () => fails('CONFIG_INVALID', ['suite', '--port', '70000']));

  it('an unknown key in porthole.config.json', async () => {
    const cwd = join(folder.path, 'configured');
    await mkdir(cwd);
    await writeFile(join(cwd, 'porthole.config.json'), '{ "prot": 80 }');
    const porthole = new Porthole(['suite'], join(folder.path, 'home'), { cwd });
    assert.equal(await porthole.ended, 2);
    assert.match(porthole.events[0]?.message as string, /porthole\.config\.json: prot: no such setting/);
  });

  it('a port in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    await fails('PORT_IN_USE', ['suite', '--port', String((other.address() as AddressInfo).port), '--address', '127.0.0.1']);
    other.close();
  });

  it('a name that is taken, also while its holder is away; and then the holder comes back', async () => {
    const first = run(['host', site, '--suite', url, '--name', 'taken'], 'first');
    const { link } = await first.waitFor('ready');
    await fails('NAME_TAKEN', ['host', site, '--suite', url, '--name', 'taken'], 'second');
    assert.equal(await first.stop(), 0);
    await fails('NAME_TAKEN', ['host', site, '--suite', url, '--name', 'taken'], 'second');
    await fails('HOST_OFFLINE', ['get', link as string]);
    const again = run(['host', site, '--suite', url, '--name', 'taken'], 'first');
    assert.equal((await again.waitFor('ready')).link, link);
    const get = run(['get', link as string, '--via', 'relay']);
    assert.equal(await get.ended, 0);
    await fails('HTTP_STATUS', ['get', new URL('/missing', link as string).href, '--via', 'relay']);
    await again.stop();
  });

  it('the same site from a second process ends the first', async () => {
    const first = run(['host', site, '--suite', url, '--name', 'twice'], 'first');
    await first.waitFor('ready');
    const second = run(['host', site, '--suite', url, '--name', 'twice'], 'first');
    await second.waitFor('ready');
    assert.equal(await first.ended, ERRORS.SITE_REPLACED.exit);
    assert.equal(first.events.at(-1)?.code, 'SITE_REPLACED');
    await second.stop();
  });
});
