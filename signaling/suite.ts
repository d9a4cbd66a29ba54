// SPDX-License-Identifier: Apache-2.0
// The suite: directory, registry, matchmaker, STUN and pages in one process on one HTTP port; opened, drained, closed.

import type { Server as HttpServer } from 'node:http';
import { createServer, isIPv6, type Server as NetServer, type Socket } from 'node:net';
import { type Logger, pino } from 'pino';
import type { Registry as MetricsRegistry } from 'prom-client';
import { asPortholeError, type PortholeError } from '../proto/errors.ts';
import { listen } from '../transport/system/listen.ts';
import { type Clock, sleep, systemClock } from '../transport/time/clock.ts';
import { Directory } from './directory/directory.ts';
import { type Exams, openExams } from './exam/open.ts';
import { Inbox } from './inbox/inbox.ts';
import { type LanSite, SuiteNames } from './naming/names.ts';
import { Matchmaker } from './rendezvous/matchmaker.ts';
import { Registry } from './rendezvous/registry.ts';
import type { RelayDesk } from './rendezvous/relay-desk.ts';
import { Rendezvous } from './rendezvous/server.ts';
import { SUITE_LIMITS, type SuiteLimits } from './shared/limits.ts';
import { Metrics } from './shared/metrics.ts';
import { Rates } from './shared/rates.ts';
import { openStun, type StunServer } from './stun/stun-server.ts';
import type { Gateway } from './web/answers.ts';
import { makeHttp } from './web/http.ts';
import { PresenceStreams } from './web/presence-stream.ts';
import { routeUpgrades, type Upgrade } from './web/upgrades.ts';

/** What a suite needs, and what it may be told. */
export interface SuiteOptions {
  /** TCP; 0: a free one. */
  readonly port: number;
  /** Where to listen, for HTTP and STUN. Default 127.0.0.1; with `lan` 0.0.0.0, and for HTTP :: beside it where there is IPv6. */
  readonly address?: string;
  /** Further addresses for the exams, which need two of a family. The first of the other family of IP is listened on for HTTP, too. */
  readonly moreAddresses?: readonly string[];
  /** Whether ends may examine their networks here; that opens ports beside the others. Default: with a further address. */
  readonly exams?: boolean;
  /** Host names that are this suite's, with a site's origin at each label below; links have the first. `localhost` and publicUrl's are always among them. */
  readonly domains?: readonly string[];
  /** What links start with: scheme, host, port. Default: the first domain, else http://localhost:port. */
  readonly publicUrl?: string;
  /** A site that this suite's own network is shown over plain HTTP. It listens on all addresses then, and answers nobody else. */
  readonly lan?: LanSite;
  /** Where the directory is kept; made if it is not there. */
  readonly dataFolder: string;
  /** The folder with the built files for browsers, among them shell.html and sw.js. */
  readonly browserAssets?: string;
  /** Default: silent. */
  readonly logger?: Logger;
  /** Time; the machine’s own when left out. */
  readonly clock?: Clock;
  /** Milliseconds since 1970, for what is written down and shown. Default Date.now. */
  readonly now?: () => number;
  /** How many proxies in front are trusted to say who calls; true is one. */
  readonly trustProxy?: boolean | number;
  /** UDP; 0 (default): a free one. For the exams it and the four after it are used, TCP and UDP. */
  readonly stunPort?: number;
  /** Where relay tickets come from. */
  readonly relay?: RelayDesk;
  /** The relay's TCP port as told to ends; 'shared': the suite's own, where `front` tells the two apart. */
  readonly relayPort?: number | 'shared';
  /** Takes WebSocket upgrades at /.porthole/relay. */
  readonly relayUpgrade?: Upgrade;
  /** Answers requests to a site that are no navigation. */
  readonly gateway?: Gateway;
  /** Makes the TCP server that listens in place of the HTTP server, and hands it sockets by its 'connection' event. */
  readonly front?: (httpServer: HttpServer) => NetServer;
  /** Adds the metrics of other parts, such as the relay's. */
  readonly collect?: (registry: MetricsRegistry) => void;
  /** Shown on pages, in health and site.json. */
  readonly version?: string;
  /** Limits that are others than SUITE_LIMITS. */
  readonly limits?: Partial<SuiteLimits>;
}

/** A suite that is open. */
export interface Suite {
  /** What links start with, without a slash at the end. */
  readonly url: string;
  /** The TCP port it listens on. */
  readonly port: number;
  /** The UDP port of STUN. */
  readonly stunPort: number;
  /** Gives the HTTP server a socket that was accepted elsewhere. */
  handle(socket: Socket): void;
  /** Refuses what is new, lets requests under way end (limits.drainMs at the most), and leaves nothing open. */
  close(): Promise<void>;
}

/**
 * Opens a suite.
 * @throws PortholeError PORT_IN_USE, PORT_FORBIDDEN, STORAGE_FAILED, CONFIG_INVALID
 */
export async function createSuite(options: SuiteOptions): Promise<Suite> {
  const opened: (() => Promise<void> | void)[] = [];
  try {
    return await open(options, opened);
  } catch (failure) {
    for (const undo of opened.reverse()) await undo();
    throw asPortholeError(failure);
  }
}

async function open(options: SuiteOptions, opened: (() => Promise<void> | void)[]): Promise<Suite> {
  const {
    address = options.lan ? '0.0.0.0' : '127.0.0.1',
    moreAddresses = [],
    exams: examines = moreAddresses.length > 0,
    clock = systemClock,
    now = Date.now,
    logger = pino({ level: 'silent' }),
    version = 'development',
  } = options;
  const limits: SuiteLimits = { ...SUITE_LIMITS, ...options.limits };
  const names = new SuiteNames({ ...options, address });
  const proxies = Number(options.trustProxy ?? 0);
  let stun: StunServer | undefined;
  let exams: Exams | undefined;
  let draining = false;
  let stunFailure: Error | undefined;

  const directory = new Directory(options.dataFolder, { now, namesPerKey: limits.namesPerKey });
  opened.push(() => directory.close());
  // Whoever cannot be answered through here now has nothing to leave here either.
  const inbox = options.gateway && new Inbox(options.dataFolder, limits, now, clock);
  opened.push(() => inbox?.close());
  const registry = new Registry({ directory, link: (label) => names.link(label), watchedPerConnection: limits.watchedPerConnection });
  const metrics = new Metrics(
    { hostsOnline: () => registry.count, visitors: () => rendezvous.visitors, calls: () => matchmaker.count },
    options.collect,
  );
  const rates = new Rates(limits, (rate) => metrics.limited(rate));
  const matchmaker = new Matchmaker({ registry, rates, limits, relay: options.relay, onNote: () => metrics.note() });
  const presence = new PresenceStreams(registry, clock, limits);
  opened.push(() => presence.close());

  const problems = (): string[] => {
    const found = [draining && 'draining', stunFailure !== undefined && `STUN: ${stunFailure.message}`];
    try {
      directory.check();
      inbox?.check();
    } catch (failure) {
      found.push(asPortholeError(failure).message);
    }
    return found.filter((problem) => problem !== false);
  };
  const { browserAssets, gateway } = options;
  const web = {
    directory,
    registry,
    metrics,
    logger,
    limits,
    names,
    proxies,
    version,
    browserAssets,
    gateway,
    inbox,
    rates,
    now,
    problems,
  };
  const { app, server } = await makeHttp(web, presence);
  opened.push(() => app.close());
  const ports = (): { stun: number; relay: number } => ({
    stun: stun?.port ?? 0,
    relay: options.relayPort === 'shared' ? names.port : (options.relayPort ?? 0),
  });
  const rendezvous = new Rendezvous(server, {
    directory,
    registry,
    matchmaker,
    inbox,
    rates,
    metrics,
    logger,
    limits,
    names,
    proxies,
    ports,
    exams: () => exams,
  });
  opened.push(() => rendezvous.close());
  routeUpgrades(server, web, options.relayUpgrade);

  const stunOptions = {
    port: options.stunPort ?? 0,
    rates,
    onRequest: (result: 'answered' | 'refused' | 'ignored') => metrics.stun(result),
    onError: (error: Error) => {
      stunFailure = error;
      logger.error({ err: error }, 'STUN socket failed');
    },
  };
  stun = await openStun({ address, ...stunOptions });
  opened.push(() => stun?.close());
  if (examines) exams = await openExams({ addresses: [address, ...moreAddresses], stunPort: stun.port, limits, ...stunOptions });
  opened.push(() => exams?.close());

  const listener = options.front?.(server) ?? server;
  const sockets = new Set<Socket>();
  for (const source of new Set<NetServer>([listener, server])) {
    source.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
  }
  const port = await listen(listener, { host: address, port: options.port });
  names.port = port;
  const second =
    moreAddresses.find((other) => isIPv6(other) !== isIPv6(address)) ?? (options.lan && address === '0.0.0.0' ? '::' : undefined);
  const beside = second === undefined ? undefined : createServer((socket) => void listener.emit('connection', socket));
  opened.push(() => void beside?.close());
  if (beside && second !== undefined) await listenBeside(beside, second, port, moreAddresses.includes(second));
  // A server that others accept for does not know that it serves, and would not time out those who never finish a request.
  if (listener !== server) server.emit('listening');
  let cancelSeen = clock.after(limits.lastSeenMs, markSeen);
  logger.info({ url: names.publicUrl.origin, address, port, stunPort: stun.port }, 'suite open');

  function markSeen(): void {
    try {
      registry.markSeen();
      inbox?.sweep((site) => directory.find(site)?.lastSeen ?? 0);
    } catch (failure) {
      logger.error({ err: failure }, 'the time hosts were last seen could not be written, or unused inboxes not dropped');
    }
    cancelSeen = clock.after(limits.lastSeenMs, markSeen);
  }

  async function drain(): Promise<void> {
    draining = true;
    cancelSeen();
    const others = [beside, listener].filter((other) => other !== undefined && other !== server);
    const ended = Promise.all(others.map((other) => new Promise<void>((resolve) => void other?.close(() => resolve()))));
    presence.close();
    registry.markSeen();
    const grace = new AbortController();
    const late = sleep(systemClock, limits.drainMs, grace.signal).then(
      () => {
        for (const socket of sockets) socket.destroy();
      },
      () => {},
    );
    const sweep = setInterval(() => {
      // A connection whose last request ended after the server closed would stay open for the next one,
      server.closeIdleConnections();
      // and browsers open some in advance, which the server does not count as idle before their first request.
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    }, 50);
    // The listening socket closes with these; connections end as their requests do, or when the grace is over.
    await Promise.all([app.close(), rendezvous.close(), stun?.close(), exams?.close(), ended]);
    await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    clearInterval(sweep);
    grace.abort();
    await late;
    directory.close();
    inbox?.close();
    logger.info('suite closed');
  }

  let closing: Promise<void> | undefined;
  return {
    url: names.publicUrl.origin,
    port,
    stunPort: stun.port,
    handle: (socket) => void server.emit('connection', socket),
    close: () => (closing ??= drain()),
  };
}

/** Listens on the other family of IP. @param asked whether somebody asked for it: otherwise a machine without it is none the worse */
async function listenBeside(server: NetServer, address: string, port: number, asked: boolean): Promise<void> {
  try {
    await listen(server, { host: address, port, ipv6Only: true });
  } catch (failure) {
    const { code } = failure as PortholeError;
    if (asked || code !== 'CONFIG_INVALID') throw failure;
  }
}
