// SPDX-License-Identifier: Apache-2.0
// An app that listens, its site, and a visitor's session with it; and the same app asked directly.

import { request as ask, createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { type AppSite, type AppSiteOptions, appSite } from '../../../../host-agent/app/site.ts';
import { memoryPair } from '../../../../transport/channel/memory.ts';
import { type Served, serveSession } from '../../../../transport/session/host.ts';
import { ANYONE } from '../../../../transport/session/site.ts';
import { openSession, type Session } from '../../../../transport/session/visitor.ts';
import { bare } from '../../../support/bare.ts';

/** What visitors call the site. */
export const SITE = 'mine.suite.example';

/** A request as a test writes it. */
export interface Asked {
  readonly method?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** An answer, whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[]>;
  readonly body: Buffer;
}

/** A server with what it has of connections, and how it ends. */
export interface App {
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  /** Connections that it has been given. */
  readonly accepted: number;
  close(): Promise<void>;
}

/** Has an app listen on this machine. */
export async function startApp(listener: RequestListener, options: { port?: number; host?: string; tls?: object } = {}): Promise<App> {
  const { port = 0, host = '127.0.0.1', tls } = options;
  const server = tls ? (createTlsServer(tls, listener) as unknown as Server) : createServer(listener);
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on('connection', (socket: Socket) => {
    accepted++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const at = (server.address() as AddressInfo).port;
  return {
    url: `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${at}`,
    port: at,
    server,
    get accepted() {
      return accepted;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** A visitor's way to an app. */
export interface Way {
  readonly session: Session;
  readonly served: Served;
  readonly site: AppSite;
  /** What the site threw. */
  readonly failures: readonly unknown[];
  close(): Promise<void>;
}

/** A site of an app, and a session with it. */
export function wayTo(url: string, options: AppSiteOptions & { who?: string } = {}): Way {
  return wayToSite(appSite(url, options), options);
}

/** A session with a site. */
export function wayToSite(site: AppSite, options: { who?: string } = {}): Way {
  const pair = memoryPair();
  const failures: unknown[] = [];
  const who = options.who ?? ANYONE;
  const served = serveSession(bare(pair.b), site, { session: '7', via: 'memory', who }, { onSiteError: (error) => failures.push(error) });
  const session = openSession(bare(pair.a), { agent: 'tests' });
  return {
    session,
    served,
    site,
    failures,
    close: async () => {
      await Promise.all([session.close(), served.close()]);
      await site.close();
    },
  };
}

/** One of a session's answers, read whole. */
export async function through({ session }: Way, target: string, { method = 'GET', headers = [], body }: Asked = {}): Promise<Answer> {
  const content = body === undefined ? null : new Blob([body]).stream();
  const response = await session.fetch({
    method,
    url: `http://${SITE}${target}`,
    headers,
    body: content as ReadableStream<Uint8Array> | null,
  });
  const fields: Record<string, string | string[]> = Object.fromEntries(response.headers);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) fields['set-cookie'] = cookies;
  return { status: response.status, headers: fields, body: Buffer.from(await response.arrayBuffer()) };
}

/** The same, of the app itself. */
export function direct({ port }: Pick<App, 'port'>, target: string, { method = 'GET', headers = [], body }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = ask({ host: '127.0.0.1', port, path: target, method, agent: false, maxHeaderSize: 65_536 }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: joined(response.headersDistinct), body: Buffer.concat(pieces) }),
      );
    });
    for (const name of new Set(headers.map(([one]) => one))) {
      asking.setHeader(
        name,
        headers.filter(([one]) => one === name).map(([, value]) => value),
      );
    }
    asking.on('error', reject);
    asking.end(body);
  });
}

function joined(fields: NodeJS.Dict<string[]> | IncomingHttpHeaders): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, values]) => [name, name === 'set-cookie' ? (values as string[]) : [values].flat().join(', ')]),
  );
}

/** Sends bytes to a port as they are; resolves with what came until the other end closed. */
export function raw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let came = '';
    socket.setEncoding('latin1').on('data', (piece: string) => {
      came += piece;
    });
    socket.on('error', reject).on('close', () => resolve(came));
  });
}
