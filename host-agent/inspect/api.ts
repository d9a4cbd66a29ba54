// SPDX-License-Identifier: Apache-2.0
// What the inspector's page asks: exchanges, bodies, messages, replays and files, by HTTP.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { asPortholeError, ERRORS, PortholeError } from '../../proto/errors.ts';
import { RECORDED_GUARDS } from './door.ts';
import type { Inspector, Side } from './inspector.ts';
import { MAX_HAR_BYTES } from './limits.ts';
import type { Live } from './live.ts';
import { pictureType } from './picture.ts';

/** Bytes of a body that the page shows; of a longer one the rest is in the file that it offers. */
export const MAX_VIEW_BYTES = 1024 * 1024;
/** Bytes of a picture that is shown. */
const MAX_PICTURE_BYTES = 32 * 1024 * 1024;
/** Bytes of the changes for a replay: a body in base64, and heads. */
const MAX_CHANGES_BYTES = 64 * 1024 * 1024;

const changesSchema = z.strictObject({
  method: z
    .string()
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'a method is one word')
    .optional(),
  target: z.string().startsWith('/', 'a target begins with a slash').optional(),
  headers: z.array(z.strictObject({ name: z.string().min(1), value: z.string() })).optional(),
  /** A body in base64; null for none. */
  base64: z.base64().nullable().optional(),
});

/** A request, when it has been let in. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Behind the secret and `/api`. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Answers calls. */
export async function answerApi(inspector: Inspector, live: Live, call: Call): Promise<void> {
  try {
    if (!(await route(inspector, live, call))) json(call.response, 404, { error: 'there is no such thing here' });
  } catch (thrown) {
    const error = asPortholeError(thrown);
    if (call.response.headersSent) call.response.destroy();
    else json(call.response, ERRORS[error.code].http, { error: error.message });
  }
}

/** @returns whether there is such a thing */
async function route(inspector: Inspector, live: Live, call: Call): Promise<boolean> {
  const [, id, what = '', side] = /^\/exchanges\/(\d+)(?:\/(\w+)(?:\/(request|response))?)?$/.exec(call.path) ?? [];
  const { method } = call.request;
  const one = { ...call, inspector, id: Number(id), side: side as Side | undefined };
  const known = id === undefined ? (method === 'GET' ? READS : WRITES)[call.path] : (method === 'GET' ? READS_OF_ONE : WRITES_OF_ONE)[what];
  if (!known || (method !== 'GET' && method !== 'POST')) return false;
  return (await known({ ...one, live })) !== false;
}

/** A call that is answered; `false` when what it asks for is not there. */
interface Answering extends Call {
  readonly inspector: Inspector;
  readonly live: Live;
  /** The exchange. */
  readonly id: number;
  readonly side: Side | undefined;
}
type Answer = (call: Answering) => Promise<unknown> | unknown;
type Answers = Readonly<Record<string, Answer>>;

const secretsIn = (query: URLSearchParams): boolean => query.get('secrets') === '1';

const READS: Answers = {
  '/live': ({ live, response }) => live.add(response),
  '/har': sendHar,
};
const READS_OF_ONE: Answers = {
  async ''({ inspector, id, query, response }) {
    const found = await inspector.exchange(id, secretsIn(query));
    return found !== null && json(response, 200, found);
  },
  messages: async ({ inspector, id, response }) => json(response, 200, { messages: await inspector.messages(id) }),
  curl: async ({ inspector, id, query, response }) => json(response, 200, { command: await inspector.curl(id, secretsIn(query)) }),
  view: sendView,
  picture: sendPicture,
  body: sendBody,
};
const WRITES: Answers = {
  '/har': async ({ inspector, request, response }) =>
    json(response, 200, await inspector.importHar((await read(request, MAX_HAR_BYTES)).toString())),
  '/clear'({ inspector, response }) {
    inspector.clear();
    json(response, 200, {});
  },
};
const WRITES_OF_ONE: Answers = {
  replay: async ({ inspector, id, request, response }) =>
    json(response, 200, await replay(inspector, id, await read(request, MAX_CHANGES_BYTES))),
  stop({ inspector, id, response }) {
    inspector.stopReplay(id);
    json(response, 200, {});
  },
};

function replay(inspector: Inspector, id: number, given: Buffer): Promise<unknown> {
  let changes: z.infer<typeof changesSchema>;
  try {
    changes = changesSchema.parse(given.length === 0 ? {} : JSON.parse(given.toString()));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? cause.issues[0]?.message : 'they are not JSON';
    throw new PortholeError('USAGE', `these changes cannot be read: ${why}`, { cause });
  }
  const { base64, ...rest } = changes;
  const body = base64 === undefined ? {} : { body: base64 === null ? null : new Uint8Array(Buffer.from(base64, 'base64')) };
  return inspector.replay(id, { ...rest, ...body });
}

/** The beginning of a body without its coding, for the page to show as text or bytes. */
async function sendView({ inspector, response, id, side }: Answering): Promise<unknown> {
  const found = side && (await inspector.decodedBody(id, side, MAX_VIEW_BYTES));
  if (!found) return false;
  const { bytes, more, trouble } = found;
  const picture = pictureType(bytes);
  return json(response, 200, { base64: bytes.toString('base64'), more, trouble, picture });
}

/** A body that is a picture by its first bytes, whatever it says of itself. */
async function sendPicture({ inspector, response, id, side }: Answering): Promise<unknown> {
  const found = side && (await inspector.decodedBody(id, side, MAX_PICTURE_BYTES));
  const type = found && pictureType(found.bytes);
  if (!found || !type) return false;
  response.writeHead(200, { ...RECORDED_GUARDS, 'content-type': type }).end(found.bytes);
}

/** All of a body, as it crossed, as a file. */
async function sendBody({ inspector, response, id, side }: Answering): Promise<unknown> {
  const pieces = side && inspector.body(id, side);
  if (!pieces) return false;
  const name = `exchange-${id}-${side}.bin`;
  response.writeHead(200, { ...RECORDED_GUARDS, ...asFile('application/octet-stream', name) });
  await pipeline(Readable.from(pieces), response);
}

async function sendHar({ inspector, response, query }: Answering): Promise<void> {
  const ids = query.get('ids');
  response.writeHead(200, { ...RECORDED_GUARDS, ...asFile('application/json', 'porthole.har') });
  const chosen = ids === null ? {} : { ids: ids.split(',').map(Number) };
  await pipeline(Readable.from(inspector.har({ ...chosen, secrets: secretsIn(query) })), response);
}

function asFile(type: string, name: string): Record<string, string> {
  return { 'content-type': type, 'content-disposition': `attachment; filename="${name}"` };
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value));
}

/** @throws PortholeError MESSAGE_TOO_LONG */
async function read(request: IncomingMessage, most: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request) {
    length += (piece as Buffer).length;
    if (length > most) throw new PortholeError('MESSAGE_TOO_LONG', `more than ${most} bytes are not taken`);
    pieces.push(piece as Buffer);
  }
  return Buffer.concat(pieces);
}
