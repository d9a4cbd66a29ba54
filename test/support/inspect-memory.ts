// SPDX-License-Identifier: Apache-2.0
// A program that keeps as many exchanges as an inspector may, and tells what memory they have: run with --expose-gc.

import { setImmediate } from 'node:timers/promises';
import { type Inspector, inspect } from '../../host-agent/inspect/inspector.ts';
import { MAX_EXCHANGES } from '../../host-agent/inspect/limits.ts';
import { piecesOf } from '../../host-agent/inspect/observed.ts';
import { requestOfHead } from '../../transport/session/http.ts';

/** As a browser's are: two dozen fields, some of them long. */
const headers = Array.from({ length: 24 }, (_, index) => ({ name: `x-field-${index}`, value: 'v'.repeat(index * 12) }));
const answerHeaders = Object.fromEntries(headers.map(({ name, value }) => [name, value]));
const visitor = { session: '1', via: 'tcp', agent: 'test', who: 'anyone' };

const collect = (globalThis as { gc?: () => void }).gc as () => void;
async function used(): Promise<number> {
  // What only weak references hold is kept to the end of a turn.
  for (let turn = 0; turn < 3; turn++) {
    await setImmediate();
    collect();
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + Math.max(external, arrayBuffers);
}

async function fill(inspector: Inspector, count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    const head = { method: 'POST', target: `/a/path/of/some/length/${at}?q=${'x'.repeat(100)}`, authority: 'site', headers };
    const body = new Response(new Uint8Array(500)).body as ReadableStream<Uint8Array>;
    const { body: answer } = await inspector.site(requestOfHead(head, body, new AbortController().signal), visitor);
    for await (const _ of piecesOf(answer as ReadableStream<Uint8Array>));
  }
}

const inspector = await inspect(async (request) => {
  await request.arrayBuffer();
  return new Response(new Uint8Array(2000), { headers: answerHeaders });
});
// What is made once is there by then: code, tables, blocks.
await fill(inspector, 500);
inspector.clear();
const before = await used();
await fill(inspector, MAX_EXCHANGES);
const after = await used();
console.log(JSON.stringify({ kept: inspector.exchanges().length, bytes: after - before }));
await inspector.close();
