// SPDX-License-Identifier: Apache-2.0
// Makes dist/, which is what is published: `npm run build`.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildBrowser } from '../client-runtime/browser/build.ts';
import { bundled } from '../host-agent/inspect/page-files.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', join(root, 'tsconfig.build.json')], {
  stdio: 'inherit',
});
// What tsc does not carry: generated code, and files that are read as they are.
cpSync(join(root, 'proto/generated'), join(dist, 'proto/generated'), { recursive: true });
cpSync(join(root, 'signaling/web/pages/files'), join(dist, 'signaling/web/pages/files'), { recursive: true });
cpSync(join(root, 'transport/http/badge/badge.js'), join(dist, 'transport/http/badge/badge.js'));
const inspectorPage = join(dist, 'host-agent/inspect/page');
mkdirSync(inspectorPage);
cpSync(join(root, 'host-agent/inspect/page/index.html'), join(inspectorPage, 'index.html'));
for (const [name, text] of await bundled()) writeFileSync(join(inspectorPage, name), text);
await buildBrowser(join(dist, 'browser'));
