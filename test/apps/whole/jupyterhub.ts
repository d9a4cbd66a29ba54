// SPDX-License-Identifier: Apache-2.0
// JupyterHub with Jupyter Notebook: a login, a server's start told by server-sent events, an upload, and a kernel by WebSocket.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from '../kit/app.ts';
import { freePort } from '../kit/process.ts';
import { writeProject } from '../kit/project.ts';
import { until } from '../kit/tour.ts';

/** What each cell of a notebook has beside its source. */
const CELL = { cell_type: 'code', execution_count: null, metadata: {}, outputs: [] };
const NOTEBOOK = {
  cells: [{ ...CELL, source: ['print(6 * 7)'] }],
  metadata: { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' } },
  nbformat: 4,
  nbformat_minor: 4,
};
/** Bytes of every value, so that whatever is done to text shows. */
const FILE = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7 + (at >> 8)) & 255));

export const jupyterhub: App = {
  name: 'JupyterHub',
  debian: ['jupyterhub', 'jupyter-notebook'],
  npm: { 'configurable-http-proxy': '5.3.0' },
  made: "Debian's `jupyterhub` and `jupyter-notebook`, with any password for a login and servers without accounts of the system",
  async make({ folder, port }) {
    const [hub, proxy] = [await freePort(), await freePort()];
    writeProject(folder, {
      'people/anna/work.ipynb': JSON.stringify(NOTEBOOK),
      'config.py': `c.JupyterHub.bind_url = 'http://127.0.0.1:${port}'
c.JupyterHub.hub_port = ${hub}
c.ConfigurableHTTPProxy.api_url = 'http://127.0.0.1:${proxy}'
c.JupyterHub.authenticator_class = 'dummy'
c.JupyterHub.spawner_class = 'simple'
c.SimpleLocalProcessSpawner.home_dir_template = '${join(folder, 'people')}/{username}'
c.Spawner.args = ['--allow-root']
c.Spawner.environment = {'JUPYTERHUB_SINGLEUSER_APP': 'notebook.notebookapp.NotebookApp'}
# Whoever waits for his server is shown how far it is, however soon it comes.
c.JupyterHub.tornado_settings = {'slow_spawn_timeout': 0}
`,
    });
  },
  start: () => ({ words: ['jupyterhub', '-f', 'config.py'] }),
  ready: '/hub/login',
  aspects: ['page', 'navigation', 'assets', 'login', 'upload', 'SSE', 'WebSocket'],
  async drive(tour, { folder }) {
    await tour.step('page', async () => {
      await tour.open('/hub/login');
      await tour.text('.auth-form-header', 'Sign in');
      return tour.site.title();
    });
    await tour.step('assets', () => tour.assets());
    await tour.step('login', async () => {
      await tour.site.locator('#username_input').fill('anna');
      await tour.site.locator('#password_input').fill('a secret');
      await tour.site.locator('#login_submit').click();
      await until('the login is taken', () => !tour.site.url().includes('/login'));
      return 'anna';
    });
    await tour.step('SSE', async () => {
      // The page that waits goes on when an event says that the server is ready, and never without.
      await tour.site.locator('#progress-bar').waitFor({ state: 'attached' });
      await until('the server is ready', () => new URL(tour.site.url()).pathname.startsWith('/user/anna/tree'));
      return 'ready';
    });
    await tour.step('upload', async () => {
      const name = `upload-${Date.now()}.bin`;
      await tour.text('.item_name', 'work.ipynb');
      await tour.site.locator('input.fileinput').first().setInputFiles({ name, mimeType: 'application/octet-stream', buffer: FILE });
      await tour.site.locator('.upload_button').first().click();
      await tour.text('a.item_link .item_name', name);
      const kept = await readFile(join(folder, 'people', 'anna', name));
      if (!kept.equals(FILE)) throw new Error('what was kept is not what was sent');
      return `${kept.length} bytes`;
    });
    await tour.step('navigation', async () => {
      await tour.site.locator('a[href$="#running"]').click();
      await tour.site.locator('#running').waitFor();
      await tour.open('/hub/home');
      await tour.text('#start', 'My Server');
      return (await tour.site.locator('#stop').textContent())?.trim() ?? '';
    });
    await tour.step('WebSocket', async () => {
      await tour.open('/user/anna/notebooks/work.ipynb');
      await tour.site.locator('#kernel_indicator_icon.kernel_idle_icon').waitFor();
      await tour.site.locator('.CodeMirror').first().click();
      await tour.page.keyboard.press('Control+Enter');
      await tour.text('.output_text', '42');
      return (await tour.site.locator('.output_text').first().textContent())?.trim() ?? '';
    });
    // The next visit begins as this one did.
    await tour.open('/hub/home');
    await tour.site.locator('#stop').click();
    await tour.text('#start', 'Start My Server');
  },
};
