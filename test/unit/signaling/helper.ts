// SPDX-License-Identifier: Apache-2.0
// What the suite's tests share: a suite on a free port with its own folder, a small rendezvous client, a plain HTTP client.

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { challengeText, decodeMessage, encodeMessage, type Message, type MessageName, siteId } from '../../../proto/rendezvous.ts';
import type { Fields } from '../../../signaling/shared/end.ts';
import { createSuite, type Suite, type SuiteOptions } from '../../../signaling/suite.ts';

const cleanups: (() => Promise<void> | void)[] = [];

/** Closes what the test has opened, the last first. For afterEach. */
export async function cleanUp(): Promise<void> {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
}

/** Runs when the test is over. */
export function later(cleanup: () => Promise<void> | void): void {
  cleanups.push(cleanup);
}

/** A folder of the test's own. */
export async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'porthole-suite-'));
  later(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A suite on a free port. */
export async function openSuite(options: Partial<SuiteOptions> = {}): Promise<Suite> {
  const suite = await createSuite({ port: 0, dataFolder: options.dataFolder ?? (await folder()), ...options });
  later(() => suite.close());
  return suite;
}

/** A site's key pair. */
export interface Identity {
  readonly id: string;
  readonly publicKey: Uint8Array;
  readonly privateKey: KeyObject;
}

export function identity(): Identity {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  return { id: siteId(raw), publicKey: raw, privateKey };
}

/** One end of the rendezvous, as simple as can be: every event is kept until it is asked for. */
export class Peer {
  readonly socket: Socket;
  readonly welcome: Message<'Welcome'>;
  readonly #kept: [string, unknown][] = [];
  readonly #waiting: (() => void)[] = [];

  private constructor(socket: Socket, welcome: Message<'Welcome'>) {
    this.socket = socket;
    this.welcome = welcome;
    socket.onAny((event: string, payload: unknown) => this.#keep(event, payload));
    socket.on('disconnect', (reason) => this.#keep('disconnect', reason));
  }

  /** @param host the Host it dials, when not the suite's own */
  static async connect(suite: { port: number }, host?: string, headers: Record<string, string> = {}): Promise<Peer> {
    const socket = io(`http://127.0.0.1:${suite.port}`, {
      path: '/.porthole/rendezvous',
      transports: ['websocket'],
      extraHeaders: { Host: host ?? `localhost:${suite.port}`, ...headers },
      forceNew: true,
      reconnection: false,
    });
    later(() => void socket.disconnect());
    const welcome = await new Promise((resolve, reject) => {
      socket.once('welcome', resolve);
      socket.once('problem', (bytes) => reject(new Error(decodeMessage('Problem', bytes).code)));
      socket.once('connect_error', reject);
    });
    return new Peer(socket, decodeMessage('Welcome', welcome));
  }

  #keep(event: string, payload: unknown): void {
    this.#kept.push([event, payload]);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async #take(event: string): Promise<unknown> {
    for (;;) {
      const at = this.#kept.findIndex(([name]) => name === event);
      if (at >= 0) return this.#kept.splice(at, 1)[0]?.[1];
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The next message of a kind. */
  async next<K extends MessageName>(name: K): Promise<Message<K>> {
    return decodeMessage(name, await this.#take(name.toLowerCase()));
  }

  /** Why it was disconnected. */
  async disconnected(): Promise<unknown> {
    return this.#take('disconnect');
  }

  /** How many messages of a kind wait. */
  waiting(name: MessageName): number {
    return this.#kept.filter(([event]) => event === name.toLowerCase()).length;
  }

  send<K extends MessageName>(name: K, fields: Fields<K>): void {
    this.socket.emit(name.toLowerCase(), encodeMessage(name, fields));
  }

  /** Sends what is answered; a problem comes back as such. */
  async ask<K extends 'Register' | 'Find' | 'Introduce' | 'Exam'>(name: K, fields: Fields<K>): Promise<Message<'Answer'>> {
    const answer = decodeMessage('Answer', await this.socket.timeout(5000).emitWithAck(name.toLowerCase(), encodeMessage(name, fields)));
    // The codec gives an absent message as null.
    return Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, value ?? undefined])) as Message<'Answer'>;
  }

  /** The code of the problem that a question is answered with; 'ok' without one. */
  async code<K extends 'Register' | 'Find' | 'Introduce' | 'Exam'>(name: K, fields: Fields<K>): Promise<string> {
    return (await this.ask(name, fields)).problem?.code ?? 'ok';
  }

  /** Registers a site. */
  async register(own: Identity, name: string, rest: Partial<Fields<'Register'>> = {}, suiteName = 'localhost'): Promise<Message<'Answer'>> {
    const { publicKey, privateKey } = own;
    const signature = sign(null, challengeText(suiteName, this.welcome.nonce, name), privateKey);
    return this.ask('Register', { publicKey, signature, name, card: { title: name }, strategies: ['data-channel', 'relay'], ...rest });
  }
}

/** A host online under a name. */
export async function host(
  suite: Suite,
  name: string,
  rest: Partial<Fields<'Register'>> = {},
  own = identity(),
): Promise<Peer & { own: Identity }> {
  const peer = await Peer.connect(suite);
  const { problem } = await peer.register(own, name, rest);
  if (problem) throw new Error(`${problem.code}: ${problem.message}`);
  return Object.assign(peer, { own });
}

/** Waits until something is so; fails after 5 s. */
export async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 5000; performance.now() < end; ) {
    if (await check()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`never came true: ${what}`);
}

/** Takes a host offline, and waits until the suite knows. */
export async function goOffline(suite: { port: number }, peer: Peer): Promise<void> {
  const online = async () => Number(/porthole_hosts_online (\d+)/.exec((await http(suite, '/metrics')).body)?.[1]);
  const before = await online();
  peer.socket.disconnect();
  await until('one host less', async () => (await online()) === before - 1);
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly bytes: Buffer;
}

export interface Ask {
  readonly host?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** One HTTP request on its own connection, with any Host. */
export function http(
  suite: { port: number },
  path: string,
  { host: dialled = `localhost:${suite.port}`, method = 'GET', headers = {}, body }: Ask = {},
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { port: suite.port, host: '127.0.0.1', path, method, headers: { Host: dialled, ...headers }, agent: false },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts).toString(),
            bytes: Buffer.concat(parts),
          }),
        );
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** What a browser says when it asks for a page. */
export const PAGE = { 'Sec-Fetch-Dest': 'document', Accept: 'text/html,*/*' };
