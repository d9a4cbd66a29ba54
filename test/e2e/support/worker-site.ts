// SPDX-License-Identifier: Apache-2.0
// A site whose page starts workers of every kind. Each opens a WebSocket, and asks in all ways that a worker has, from its first line on.

import type { Site } from '../../../host-agent/index.ts';

/** What each kind says when all is right, to a visitor with the cookie `seat=7`; before it, whether its script is strict. */
export const ALL_RIGHT = 'hello,100000,4000,enough,true; seat=7; event seat=7; seat=7';

/** How each kind is started, as an expression for the page: a promise of what the worker says. */
export const KINDS: Readonly<Record<string, { readonly start: string; readonly strict: boolean }>> = {
  classic: { start: `heard(new Worker('/classic.js'))`, strict: false },
  'classic and strict': { start: `heard(new Worker('/strict.js'))`, strict: true },
  module: { start: `heard(new Worker('/module.js', { type: 'module' }))`, strict: true },
  shared: { start: `heard(new SharedWorker('/classic.js', { name: String(Math.random()) }).port)`, strict: false },
  'shared module': { start: `heard(new SharedWorker('/module.js', { type: 'module', name: String(Math.random()) }).port)`, strict: true },
  'of a blob': { start: `heard(new Worker(blobOf('classic.js')))`, strict: false },
  'of a blob, whose address is gone at once': {
    start: `(() => { const url = blobOf('classic.js'); const worker = new Worker(url); URL.revokeObjectURL(url); return heard(worker); })()`,
    strict: false,
  },
  'module of a blob': { start: `heard(new Worker(blobOf('module.js'), { type: 'module' }))`, strict: true },
  'inside another': { start: `heard(new Worker('/outer.js'))`, strict: false },
  'of a blob inside another of a blob': { start: `heard(new Worker(blobOf('outer-blob.js')))`, strict: false },
};

/** Runs in each worker: `EARLY` is the class as the script's first line found it. */
const PROBE = `
const strict = (function () { return this === undefined; })();
const at = (path) => self.origin + path;
async function probe() {
  const socket = await new Promise((resolve) => {
    const said = [];
    const socket = new EARLY(at('/echo').replace('http', 'ws'));
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => { socket.send('hello'); socket.send(new Uint8Array(100_000)); };
    socket.onmessage = ({ data }) => {
      said.push(typeof data === 'string' ? data : data.byteLength);
      if (said.length === 2) socket.close(4000, 'enough');
    };
    socket.onclose = ({ code, reason, wasClean }) => resolve([...said, code, reason, wasClean].join());
  });
  const fetched = await (await fetch(at('/sent'))).text();
  const event = await new Promise((resolve) => {
    const events = new EventSource(at('/events'));
    events.onmessage = ({ data }) => { events.close(); resolve('event ' + data); };
    events.onerror = () => resolve('no event');
  });
  const request = new XMLHttpRequest();
  request.open('GET', at('/sent'), false);
  request.send();
  return (strict ? 'strict; ' : '') + [socket, fetched, event, request.responseText].join('; ');
}
const tell = (port) => probe().then((said) => port.postMessage(said), (error) => port.postMessage(String(error)));
if ('onconnect' in self) self.onconnect = ({ ports: [port] }) => tell(port); else tell(self);`;

const SCRIPTS: Readonly<Record<string, string>> = {
  'classic.js': `const EARLY = WebSocket;${PROBE}`,
  'strict.js': `// A comment first\n'use strict';\nconst EARLY = WebSocket; importScripts('/empty.js');${PROBE}`,
  'module.js': `import { EARLY } from 'ORIGIN/early.js';${PROBE}`,
  'early.js': 'export const EARLY = WebSocket;',
  'outer.js': `const inner = new Worker('/classic.js'); inner.onmessage = ({ data }) => postMessage(data);`,
  'outer-blob.js': `fetch(self.origin + '/classic.js?plain').then((answer) => answer.blob()).then((blob) => {
    const inner = new Worker(URL.createObjectURL(blob)); inner.onmessage = ({ data }) => postMessage(data); });`,
  'empty.js': '',
};

const PAGE = `<!doctype html><meta charset="utf-8"><h1>Workers</h1><script>
const heard = (port) => new Promise((resolve) => {
  port.onmessage = ({ data }) => resolve(data);
  port.onerror = (event) => resolve('error ' + event.message);
});
const texts = ${JSON.stringify(SCRIPTS).replaceAll('</', '<\\/')};
const blobOf = (name) => URL.createObjectURL(new Blob([texts[name].replaceAll('ORIGIN', location.origin)], { type: 'text/javascript' }));
</script>`;

/** The site; WebSockets are the test's own. */
export const workerSite: Site = async ({ url, headers }) => {
  const { pathname, origin } = new URL(url);
  const answer = (text: string, type: string): Response => new Response(text, { headers: { 'content-type': type } });
  const cookie = headers.get('cookie') ?? 'no cookie';
  const script = SCRIPTS[pathname.slice(1)];
  if (script !== undefined) return answer(script.replaceAll('ORIGIN', origin), 'text/javascript');
  if (pathname === '/sent') return answer(cookie, 'text/plain');
  if (pathname === '/events') return answer(`data: ${cookie}\n\n`, 'text/event-stream');
  return new Response(PAGE, { headers: { 'content-type': 'text/html; charset=utf-8', 'set-cookie': 'seat=7; HttpOnly' } });
};
