// SPDX-License-Identifier: Apache-2.0
// What a page's build leaves out of libraries and of the wire's generated code: all that a page never calls.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';
import { messageTable } from './messages.ts';

/** Packages that only libraries ask for, and what stands in their place: nothing of ours would call more of them. */
const PACKAGES: Readonly<Record<string, string>> = {
  debug: 'module.exports = () => () => {}',
};

/** Files, most of libraries, by the ends of their paths, and what stands in their place. */
const FILES: Readonly<Record<string, string>> = {
  // rendezvous.ts allows no other transport
  'engine.io-client/build/esm/transports/index.js': `import { WS } from ${JSON.stringify('./websocket.js')}; export const transports = { websocket: WS };`,
  // browsers have one of their own
  'engine.io-client/build/esm/contrib/parseuri.js': `export const parse = (source) => {
    const { protocol, hostname, port, pathname, search } = new URL(source);
    return { source, protocol: protocol.slice(0, -1), host: hostname.replace(/[[\\]]/g, ''), port, path: pathname, query: search.slice(1) };
  };`,
  // WebSocket carries bytes as they are: what says that it is base64 all the same is nothing
  'engine.io-parser/build/esm/contrib/base64-arraybuffer.js': 'export const decode = () => new ArrayBuffer(0);',
  // what is sent are bytes, next to the name of an event or as an answer
  'socket.io-parser/build/esm/is-binary.js': `export const isBinary = (it) => ArrayBuffer.isView(it) || it instanceof ArrayBuffer;
    export const hasBinary = ({ data }) => data.some(isBinary);`,
  // a page sends little, and while it is hidden its timers are late; nothing tells it what was sent again
  'transport/continuity/pace.ts': 'export class Pace { departs() {} woken() {} waitMs() { return 0; } }',
  'transport/continuity/repairs.ts': 'export class Repairs { next() { return null; } }',
};

/** Methods that are left out of classes, by the ends of their files' paths: a page never calls them. */
const UNCALLED: Readonly<Record<string, readonly string[]>> = {
  'engine.io-client/build/esm/socket.js': ['_probe'], // there is no transport to change to
  'socket.io-client/build/esm/manager.js': ['connect', 'disconnect'], // other words for open and _close
  'socket.io-client/build/esm/socket.js': [
    'send',
    'compress',
    '_addToQueue', // nothing is sent again by itself
    ...['on', 'prepend', 'off', 'listeners'].flatMap((name) => [`${name}Any`, `${name}AnyOutgoing`]),
  ],
  // of hosts, of programs that wait for their first path or for their visit to be idle, and of tests
  'transport/session/mux.ts': ['drain', 'get running', 'get peerAgent'],
  'transport/session/carrying.ts': ['get held'],
  'transport/session/session-credit.ts': ['get held'],
  'transport/session/credit.ts': ['get held'],
  'transport/session/stream.ts': ['get ended', 'get empty'],
  'transport/session/schedule.ts': ['get waiting'],
  'transport/continuity/receive-window.ts': ['get unread'],
  'transport/continuity/pipe.ts': ['get starting', 'baseIs'],
  'client-runtime/visit/site-visit.ts': ['firstPath', 'get requests'],
  'client-runtime/visit/requests.ts': ['get size'],
};
/** In the list of errors' codes: a code, its two numbers, and what it means. */
const FACTS = /(\w+): facts\((\d+, \d+), ('[^']*')/g;
/** Codes that a page only hears, with words: they are of commands, of hosts and of the sockets of programs. */
const NOT_A_PAGES = new Set([
  ...['USAGE', 'CONFIG_INVALID', 'FOLDER_MISSING', 'PORT_IN_USE', 'PORT_FORBIDDEN', 'STORAGE_FAILED', 'SOCKET_FAILED', 'SOCKETS_UNFIT'],
  ...['NAME_TAKEN', 'SIGNATURE_WRONG', 'SITE_REPLACED', 'HTTP_STATUS', 'CONNECT_UNSUPPORTED'],
]);
const endsIn = (names: Iterable<string>): RegExp => new RegExp(`/(${[...names].map((name) => name.replaceAll('.', '\\.')).join('|')})$`);

/** The esbuild plugin. Everything it leaves out fails loudly where it is called after all. */
export const lean: Plugin = {
  name: 'lean',
  setup(build) {
    const [named, stood] = [new RegExp(`^(${Object.keys(PACKAGES).join('|')})$`), endsIn(Object.keys(FILES))];
    const shortened = endsIn(Object.keys(UNCALLED));
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
    build.onLoad({ filter: shortened }, async ({ path }) => ({
      contents: without(await readFile(path, 'utf8'), UNCALLED[slashes(path).match(shortened)?.[1] ?? ''] ?? []),
      loader: 'default',
    }));
    build.onLoad({ filter: /generated[/\\]messages\.js$/ }, () => ({
      contents: `import { messagesOf } from './codec.ts'; export const { porthole } = messagesOf(${JSON.stringify(messageTable())});`,
      resolveDir: import.meta.dirname,
      loader: 'js',
    }));
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

const slashes = (path: string): string => path.replaceAll('\\', '/');
