// SPDX-License-Identifier: Apache-2.0
// Makes generated/messages.js and .d.ts from the .proto files: `npm run proto`. The result is committed; a test compares it.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const here = import.meta.dirname;
const tools = join(dirname(createRequire(import.meta.url).resolve('protobufjs-cli/package.json')), 'bin');
const out = process.argv[2] ?? join(here, 'generated');
mkdirSync(out, { recursive: true });

const leaveOut = ['create', 'verify', 'convert', 'delimited', 'typeurl', 'service'].map((part) => `--no-${part}`);
const run = (tool: string, ...args: string[]): void => {
  execFileSync(process.execPath, [join(tools, tool), ...args], { cwd: here, stdio: ['ignore', 'inherit', 'inherit'] });
};

const code = join(out, 'messages.js');
const types = join(out, 'messages.d.ts');
run('pbjs', '-t', 'static-module', '-w', 'es6', '-r', 'porthole', ...leaveOut, '-o', code, 'site.proto', 'rendezvous.proto');
run('pbts', '-o', types, code);
// No message here has a 64-bit field, so the types need no Long.
writeFileSync(types, readFileSync(types, 'utf8').replace('import Long = require("long");\n', ''));
