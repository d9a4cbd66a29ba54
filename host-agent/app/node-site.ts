// SPDX-License-Identifier: Apache-2.0
// A Node web app in this program as a Site: its server is given connections in memory, and listens nowhere.

import { createServer, type RequestListener, Server } from 'node:http';
import { type Duplex, duplexPair } from 'node:stream';
import { MAX_HEADER_BYTES } from '../../proto/limits.ts';
import { type AppSite, type AppSiteOptions, poolOf, siteOver } from './site.ts';
import type { AppTarget } from './target.ts';

/** How an app in this program is asked. */
export type NodeSiteOptions = Pick<AppSiteOptions, 'link' | 'idleMs' | 'clock' | 'onTrouble'>;

/** It has no address; what it is told as Host is what the visitor calls the site. */
const HERE: AppTarget = {
  origin: 'http://localhost',
  authority: 'localhost',
  host: 'localhost',
  port: 80,
  secure: false,
  base: '/',
  loopback: false,
};

/**
 * Makes a site of a Node web app: of a request listener, as Express and node:http have them, or of an HTTP server, as Fastify has one
 * (`app.server`, once `app.ready()` has resolved) and WebSocket libraries take one. Requests, answers, upgrades and breaks are Node's
 * own, on connections in memory: nothing listens, and nobody but the site's visitors gets to it. `req.socket.remoteAddress` is
 * undefined, for where visitors are is not known; `X-Porthole-Visitor` says whom the gate let in.
 * @example
 * const host = await serve({ suite: 'http://localhost:8080', name: 'mine', site: nodeSite(express().get('/', (req, res) => res.send('hello'))) });
 */
export function nodeSite(app: RequestListener | Server, options: NodeSiteOptions = {}): AppSite {
  const server = app instanceof Server ? app : serverOf(app);
  const open = new Set<Duplex>();
  const dial = (): Duplex => {
    const [here, there] = duplexPair();
    for (const end of [here, there]) {
      open.add(end);
      end.on('error', () => {}); // `close` follows
    }
    // What breaks at one end is broken at the other; an end that has closed in order has been read to its end.
    here.on('close', () => open.delete(here) && there.destroy());
    there.on('close', () => open.delete(there) && here.destroy());
    server.emit('connection', asSocket(there));
    return asSocket(here);
  };
  const pool = poolOf(HERE, (_options, done) => {
    const socket = dial();
    // Undici asks of a socket no more than asSocket has; its type does.
    queueMicrotask(() => done(null, socket as never));
  });
  const site = siteOver({ target: HERE, pool, upgrade: { dial } }, { ...options, keepHost: true });
  const { close } = site;
  return Object.assign(site, {
    async close() {
      await close.call(site);
      for (const end of open) end.destroy();
    },
  });
}

/** A server that an app would listen with; uploads may take as long as they do. */
function serverOf(app: RequestListener): Server {
  return createServer({ maxHeaderSize: 2 * MAX_HEADER_BYTES, requestTimeout: 0 }, app);
}

/** What HTTP servers and clients ask of a socket beside its stream: none of it means anything in memory. */
function asSocket(stream: Duplex): Duplex {
  const same = (): Duplex => stream;
  return Object.assign(stream, { ref: same, unref: same, setNoDelay: same, setKeepAlive: same, setTimeout: same });
}
