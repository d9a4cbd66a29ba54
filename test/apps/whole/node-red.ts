// SPDX-License-Identifier: Apache-2.0
// Node-RED: its editor behind a login, a flow that is deployed, and messages of the running flow by WebSocket.

import type { App } from '../kit/app.ts';
import { writeProject } from '../kit/project.ts';

const FLOW = [
  { id: 'tab1', type: 'tab', label: 'First' },
  {
    id: 'begin1',
    type: 'inject',
    z: 'tab1',
    name: 'begin',
    props: [{ p: 'payload' }],
    repeat: '',
    once: false,
    payload: 'said by the flow',
    payloadType: 'str',
    x: 150,
    y: 100,
    wires: [['said1']],
  },
  { id: 'said1', type: 'debug', z: 'tab1', name: 'said', active: true, tosidebar: true, complete: 'payload', x: 400, y: 100, wires: [] },
];

export const nodeRed: App = {
  name: 'Node-RED',
  npm: { 'node-red': '5.0.7', bcryptjs: '3.0.3' },
  made: 'npm, with a login in its settings, and a flow of two nodes',
  make({ folder }) {
    writeProject(folder, {
      'package.json': JSON.stringify({ name: 'project', private: true }),
      'data/flows.json': JSON.stringify(FLOW),
      'data/settings.js': `module.exports = {
  flowFile: 'flows.json',
  credentialSecret: false,
  telemetry: { enabled: false, updateNotification: false },
  editorTheme: { tours: false, palette: { catalogues: [] } },
  adminAuth: {
    type: 'credentials',
    users: [{ username: 'anna', password: require('bcryptjs').hashSync('a secret', 8), permissions: '*' }],
  },
};
`,
    });
  },
  start: ({ port }) => ({ words: ['node-red', '--port', String(port), '--userDir', 'data'] }),
  ready: '/',
  aspects: ['page', 'navigation', 'assets', 'login', 'WebSocket'],
  async drive(tour) {
    await tour.step('page', async () => {
      await tour.open('/');
      await tour.site.locator('#node-dialog-login-username').waitFor();
      // Its title has the host's name, which is another by each way.
      return tour.site.evaluate(() => document.title.split(' : ')[0] as string);
    });
    await tour.step('login', async () => {
      await tour.site.locator('#node-dialog-login-username').fill('anna');
      await tour.site.locator('#node-dialog-login-password').fill('a secret');
      await tour.site.locator('#node-dialog-login-submit').click();
      await tour.site.locator('#red-ui-header-button-user').waitFor();
      await tour.site.locator('.red-ui-flow-node').first().waitFor();
      return `${await tour.site.locator('.red-ui-flow-node').count()} nodes`;
    });
    await tour.step('assets', () => tour.assets());
    await tour.step('WebSocket', async () => {
      await tour.site.evaluate(() => (window as unknown as { RED: { sidebar: { show(name: string): void } } }).RED.sidebar.show('debug'));
      await tour.site.locator('.red-ui-flow-node-button-button').first().click();
      await tour.text('.red-ui-debug-msg', 'said by the flow');
      return 'said by the flow';
    });
    await tour.step('navigation', async () => {
      // Without a further login: its token is in the page's storage.
      await tour.open('/#flow/tab1');
      await tour.site.locator('.red-ui-flow-node').first().waitFor();
      return tour.site.evaluate(() => location.hash);
    });
  },
};
