// SPDX-License-Identifier: Apache-2.0
// The build's plugin that leaves out of libraries, and of the wire's generated code, what a page never calls.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';
import { FILES, PACKAGES, PASSAGES, UNCALLED } from './left-out.ts';
import { messageTable } from './messages.ts';

/** In the list of errors' codes: a code, its two numbers, and what it means. */
const FACTS = /(\w+): facts\((\d+, \d+), ('[^']*')/g;
/** Codes that a page only hears, with words: they are of commands, of hosts and of the sockets of programs. */
const NOT_A_PAGES = new Set([
  ...['USAGE', 'CONFIG_INVALID', 'FOLDER_MISSING', 'PORT_IN_USE', 'PORT_FORBIDDEN', 'STORAGE_FAILED', 'SOCKET_FAILED', 'SOCKETS_UNFIT'],
  ...['NAME_TAKEN', 'SIGNATURE_WRONG', 'SITE_REPLACED', 'HTTP_STATUS', 'CONNECT_UNSUPPORTED'],
]);
/** What another program did wrong, told in detail: its author reads that where it runs, and here a reader could do nothing about it. */
const OTHERS_FAULT = /new PortholeError\(\s*'(SEAL_BROKEN|FRAME_MALFORMED|PROTOCOL_VIOLATED)',\s*(?:'[^'\n]*'|`[^`\n]*`)/g;
/** Where such is found out. */
const RULES = /[/\\](?:proto|transport)[/\\](?!errors\.ts$)(?:(?!-part\.ts$).)*\.ts$/;
const endsIn = (names: Iterable<string>): RegExp => new RegExp(`/(${[...names].map((name) => name.replaceAll('.', '\\.')).join('|')})$`);

/** The esbuild plugin. Everything it leaves out fails loudly where it is called after all. */
export const lean: Plugin = {
  name: 'lean',
  setup(build) {
    const [named, stood] = [new RegExp(`^(${Object.keys(PACKAGES).join('|')})$`), endsIn(Object.keys(FILES))];
    const shortened = endsIn(new Set([...Object.keys(UNCALLED), ...Object.keys(PASSAGES)]));
    build.onResolve({ filter: named }, ({ path, importer }) =>
      /[/\\]node_modules[/\\]/.test(importer) ? { path, namespace: 'lean' } : undefined,
    );
    build.onResolve({ filter: /^simple-peer$/ }, () => ({ path: fileURLToPath(new URL('peer.ts', import.meta.url)) }));
    build.onResolve({ filter: /[/\\]own-network\.ts$/ }, () => ({ path: fileURLToPath(new URL('own-network.ts', import.meta.url)) }));
    // Its packages do not say that importing them does nothing by itself, so that what is unused would stay.
    build.onResolve({ filter: /^(socket\.io-|engine\.io-|\.\.?\/)/ }, async ({ path, pluginData, ...rest }) => {
      if (pluginData === lean.name || !/node_modules[/\\](socket|engine)\.io-/.test(rest.importer + path)) return undefined;
      const resolved = await build.resolve(path, { ...rest, pluginData: lean.name });
      return { ...resolved, sideEffects: false };
    });
    build.onLoad({ filter: /.*/, namespace: 'lean' }, ({ path }) => ({ contents: PACKAGES[path] ?? '', loader: 'js' }));
    build.onLoad({ filter: stood }, ({ path }) => ({ contents: FILES[slashes(path).match(stood)?.[1] ?? ''] ?? '', loader: 'js' }));
    build.onLoad({ filter: /generated[/\\]messages\.js$/ }, () => ({
      contents: `import { messagesOf } from './codec.ts'; export const { porthole } = messagesOf(${JSON.stringify(messageTable())});`,
      resolveDir: import.meta.dirname,
      loader: 'js',
    }));
    build.onLoad({ filter: /\.[jt]s$/ }, async ({ path }) => {
      const name = slashes(path).match(shortened)?.[1] ?? '';
      const rules = RULES.test(path);
      if (name === '' && !rules) return undefined;
      const whole = await readFile(path, 'utf8');
      const told = rules ? whole.replace(OTHERS_FAULT, "new PortholeError('$1', undefined") : whole;
      return { contents: settled(without(told, UNCALLED[name] ?? []), PASSAGES[name] ?? []), loader: 'default' };
    });
  },
};

/**
 * The esbuild plugin for the list of errors' codes.
 * @param words whether it says what they mean; errors are told by the words that came with them otherwise, or by those that the page
 * loads for them (words-part.ts)
 * @param numbers whether it has the statuses that programs and HTTP answers have by them
 */
export const codes = ({ words, numbers }: { readonly words: boolean; readonly numbers: boolean }): Plugin => ({
  name: 'codes',
  setup(build) {
    build.onLoad({ filter: /proto[/\\]errors\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(
        FACTS,
        (_, code, both, meaning) =>
          `${code}: facts(${numbers ? both : '0, 0'}, ${words && !NOT_A_PAGES.has(code) ? meaning : "'it failed'"}`,
      ),
      loader: 'ts',
    }));
  },
});

/**
 * Has each part (parts.ts) import the page's script. So whatever the two share is in the page's script, which is there by then, and
 * not in pieces of what is shared by which.
 * @param entry the page's script
 */
export function withParts(entry: string): Plugin {
  return {
    name: 'parts',
    setup(build) {
      build.onLoad({ filter: /-part\.ts$/ }, async ({ path }) => ({
        contents: `import ${JSON.stringify(entry)};\n${await readFile(path, 'utf8')}`,
        loader: 'ts',
      }));
    },
  };
}

/**
 * A class without some of its methods.
 * @throws Error when it has not one of them: the class has changed
 */
function without(code: string, methods: readonly string[]): string {
  let left = code;
  for (const name of methods) {
    const rest = left.replace(new RegExp(`^( {2}| {4})(?:async )?${name}\\(.*\\).* \\{\\n[\\s\\S]*?^\\1\\}\\n`, 'm'), '');
    if (rest === left) throw new Error(`there is no method ${name} to leave out`);
    left = rest;
  }
  return left;
}

/**
 * A file with other words for some of its passages.
 * @throws Error when it has not one of them: the file has changed
 */
function settled(code: string, passages: (typeof PASSAGES)[string]): string {
  let left = code;
  for (const [passage, instead] of passages) {
    if (!passage.test(left)) throw new Error(`there is no passage ${passage} to change`);
    left = left.replace(passage, instead);
  }
  return left;
}

const slashes = (path: string): string => path.replaceAll('\\', '/');
