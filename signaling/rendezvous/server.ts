// SPDX-License-Identifier: Apache-2.0
// The rendezvous' door: Socket.IO connections, their events decoded, handled in order, answered.

import type { Server as HttpServer } from 'node:http';
import type { Logger } from 'pino';
import { Server, type Socket } from 'socket.io';
import { asPortholeError, PortholeError } from '../../proto/errors.ts';
import { RENDEZVOUS_VERSION } from '../../proto/limits.ts';
import { decodeMessage, encodeMessage, type Message, type MessageName } from '../../proto/rendezvous.ts';
import type { Directory, SiteRecord } from '../directory/directory.ts';
import type { Exams } from '../exam/open.ts';
import type { Inbox } from '../inbox/inbox.ts';
import { hostName } from '../naming/links.ts';
import type { SuiteNames } from '../naming/names.ts';
import { isStranger, STRANGER } from '../naming/near.ts';
import { callerOf, rateKey } from '../shared/caller.ts';
import type { Fields } from '../shared/end.ts';
import { CARRIER_BYTES, type SuiteLimits } from '../shared/limits.ts';
import type { Metrics } from '../shared/metrics.ts';
import type { Rates } from '../shared/rates.ts';
import { knownNat } from './fields.ts';
import type { Matchmaker } from './matchmaker.ts';
import { register } from './registration.ts';
import type { Registry } from './registry.ts';
import { SocketEnd } from './socket-end.ts';

/** Where on the HTTP port the rendezvous is. */
export const RENDEZVOUS_PATH = '/.porthole/rendezvous';

export interface RendezvousOptions {
  readonly directory: Directory;
  readonly registry: Registry;
  readonly matchmaker: Matchmaker;
  /** Undefined where no inboxes are kept. */
  readonly inbox: Inbox | undefined;
  readonly rates: Rates;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly limits: SuiteLimits;
  readonly names: SuiteNames;
  readonly proxies: number;
  /** Told in each Welcome; asked when a connection comes, since ports are known only once they are open. */
  readonly ports: () => { stun: number; relay: number };
  /** What ends examine their networks with; undefined where there is nothing of it. */
  readonly exams: () => Exams | undefined;
}

type Answer = Fields<'Answer'>;

/** When an event is handled: after those before it; or at once, where its answer takes long and nothing else may wait for it. */
const IN_TURN = (end: SocketEnd, task: () => Promise<void>): void => end.inTurn(task);
const APART = (_end: SocketEnd, task: () => Promise<void>): void => void task();

/** The door of one suite. */
export class Rendezvous {
  readonly #options: RendezvousOptions;
  readonly #io: Server;
  readonly #ends = new Set<SocketEnd>();
  readonly #perAddress = new Map<string, number>();
  #closing = false;

  constructor(httpServer: HttpServer, options: RendezvousOptions) {
    this.#options = options;
    const { pingIntervalMs, pingTimeoutMs } = options.limits;
    this.#io = new Server(httpServer, {
      path: RENDEZVOUS_PATH,
      transports: ['websocket'],
      serveClient: false,
      maxHttpBufferSize: CARRIER_BYTES,
      pingInterval: pingIntervalMs,
      pingTimeout: pingTimeoutMs,
      connectTimeout: pingTimeoutMs,
      allowRequest: (request, decide) => decide(isStranger(options.names, request) ? STRANGER : null, !isStranger(options.names, request)),
      // Other upgrades on this port are not ours to end.
      destroyUpgrade: false,
    });
    this.#io.on('connection', (socket) => this.#welcome(socket));
  }

  /** Connections that are no host. */
  get visitors(): number {
    return this.#ends.size - this.#options.registry.count;
  }

  /**
   * Lets go of everyone without a word, so that they know it for a loss and come back, and closes the HTTP server, which
   * Socket.IO takes for its own. Resolves when its last connection has ended.
   */
  async close(): Promise<void> {
    this.#closing = true;
    await this.#io.close();
  }

  #welcome(socket: Socket): void {
    const { limits, logger, proxies, ports, exams } = this.#options;
    const caller = callerOf(socket.request, proxies);
    const end = new SocketEnd(socket, caller, limits.queuedBytes, (fault) => logger.error({ end: end.id, err: fault }, 'event failed'));
    const address = rateKey(caller.ip);
    const open = this.#perAddress.get(address) ?? 0;
    if (open >= limits.connectionsPerAddress) {
      this.#options.metrics.limited('connectionsPerAddress');
      end.dismiss(new PortholeError('RATE_LIMITED', 'too many connections from this address'));
      return;
    }
    this.#perAddress.set(address, open + 1);
    this.#ends.add(end);
    socket.on('disconnect', (reason) => {
      const left = (this.#perAddress.get(address) ?? 1) - 1;
      if (left > 0) this.#perAddress.set(address, left);
      else this.#perAddress.delete(address);
      this.#leave(end, reason);
    });
    // Without a listener Socket.IO writes these to the console.
    socket.on('error', (error) => logger.debug({ end: end.id, error: error.message }, 'rendezvous connection'));

    this.#answers(end, 'register', 'Register', (message) => this.#register(end, message));
    this.#answers(end, 'find', 'Find', (message) => this.#find(end, message));
    this.#answers(end, 'introduce', 'Introduce', (message) => this.#introduce(end, message));
    this.#answers(end, 'inboxtake', 'InboxTake', async (message) => this.#inbox(end, message));
    this.#answers(end, 'exam', 'Exam', (message) => this.#exam(end, message), APART);
    this.#takes(end, 'note', 'Note', (message) => this.#options.matchmaker.note(end, message));
    this.#takes(end, 'hangup', 'Hangup', (message) => this.#options.matchmaker.hangup(end, message));

    this.#takes(end, 'examined', 'Examined', (message) => this.#examined(end, message));

    const { stun, relay } = ports();
    const { tcp, udp } = exams()?.stunFor(caller) ?? { tcp: [], udp: [] };
    end.send('Welcome', {
      version: RENDEZVOUS_VERSION,
      nonce: end.nonce,
      observed: { ip: caller.ip, port: caller.port },
      stunPort: stun,
      relayPort: relay,
      stunTcp: [...tcp],
      stunUdp: [...udp],
    });
  }

  /** An event answered through its acknowledgement. */
  #answers<K extends MessageName>(
    end: SocketEnd,
    event: string,
    name: K,
    handle: (message: Message<K>) => Promise<Answer>,
    when: (end: SocketEnd, task: () => Promise<void>) => void = IN_TURN,
  ): void {
    end.socket.on(event, (payload: unknown, acknowledge: unknown) => {
      when(end, async () => {
        if (typeof acknowledge !== 'function') {
          end.dismiss(new PortholeError('PROTOCOL_VIOLATED', `${event} wants an acknowledgement to be answered with`));
          return;
        }
        let answer: Answer;
        try {
          answer = await handle(decodeMessage(name, payload));
        } catch (thrown) {
          const { code, message } = this.#coded(end, event, thrown);
          answer = { problem: { code, message } };
        }
        acknowledge(encodeMessage('Answer', answer));
      });
    });
  }

  /** An event without an answer: a problem with it ends the connection. */
  #takes<K extends MessageName>(end: SocketEnd, event: string, name: K, handle: (message: Message<K>) => Promise<void> | void): void {
    end.socket.on(event, (payload: unknown) => {
      end.inTurn(async () => {
        try {
          await handle(decodeMessage(name, payload));
        } catch (thrown) {
          end.dismiss(this.#coded(end, event, thrown));
        }
      });
    });
  }

  #coded(end: SocketEnd, event: string, thrown: unknown): PortholeError {
    const error = asPortholeError(thrown);
    const log = { end: end.id, event, code: error.code };
    if (error.code === 'INTERNAL' || error.code === 'STORAGE_FAILED') this.#options.logger.error({ ...log, err: thrown }, 'request failed');
    else this.#options.logger.debug(log, 'request refused');
    // What broke inside is for our log, not for whoever called.
    return error.code === 'INTERNAL' ? new PortholeError('INTERNAL') : error;
  }

  async #register(end: SocketEnd, message: Message<'Register'>): Promise<Answer> {
    const { metrics, logger, matchmaker } = this.#options;
    try {
      const { registered, replaced } = await register(this.#options, end, message);
      end.nat = knownNat(message.nat);
      metrics.registration('ok');
      logger.info({ site: registered.site, name: registered.name, end: end.id }, 'host online');
      if (replaced !== undefined) {
        matchmaker.leave(replaced);
        replaced.dismiss(new PortholeError('SITE_REPLACED'));
      }
      return { registered };
    } catch (thrown) {
      metrics.registration(asPortholeError(thrown).code);
      throw thrown;
    }
  }

  async #find(end: SocketEnd, { link }: Message<'Find'>): Promise<Answer> {
    const { rates, registry } = this.#options;
    await rates.spend('findsPerAddress', rateKey(end.caller.ip));
    const { site, link: own } = this.#siteOf(end, link);
    registry.watch(end, site.id, own);
    return { status: registry.status(site, own) };
  }

  async #introduce(end: SocketEnd, { link, strategies, nat }: Message<'Introduce'>): Promise<Answer> {
    const { rates, metrics, matchmaker } = this.#options;
    try {
      await rates.spend('introductionsPerAddress', rateKey(end.caller.ip));
      if (nat) end.nat = knownNat(nat);
      const introduction = await matchmaker.introduce(end, this.#siteOf(end, link).site.id, strategies);
      metrics.introduction('ok');
      return { introduction };
    } catch (thrown) {
      metrics.introduction(asPortholeError(thrown).code);
      throw thrown;
    }
  }

  #inbox(end: SocketEnd, message: Message<'InboxTake'>): Answer {
    const { inbox, registry } = this.#options;
    const site = registry.siteOf(end);
    if (inbox === undefined || site === undefined)
      throw new PortholeError('PROTOCOL_VIOLATED', 'an inbox is for the host of a site that is online here');
    return { inbox: inbox.take(site, message) };
  }

  async #exam(end: SocketEnd, message: Message<'Exam'>): Promise<Answer> {
    const exams = this.#options.exams();
    if (!exams) throw new PortholeError('NOT_ALLOWED', 'this suite does not examine networks');
    return { examination: await exams.examiner.exam(end, message) };
  }

  /** What an end found out of its network since: it counts in the introductions to come. */
  async #examined(end: SocketEnd, { nat }: Message<'Examined'>): Promise<void> {
    await this.#options.rates.spend('examinedPerAddress', rateKey(end.caller.ip));
    end.nat = knownNat(nat);
    this.#options.registry.tell(end);
  }

  #siteOf(end: SocketEnd, given: string): { site: SiteRecord; link: string | undefined } {
    const { label, link } = this.#options.names.find(given, hostName(end.caller.host));
    const site = this.#options.directory.find(label);
    if (site === undefined) throw new PortholeError('SITE_UNKNOWN', `the suite knows no site "${label}"`);
    return { site, link };
  }

  #leave(end: SocketEnd, reason: string): void {
    const { registry, matchmaker, logger } = this.#options;
    this.#ends.delete(end);
    // When the suite itself ends, nobody has left: calls go on over the paths they have.
    if (this.#closing) return;
    this.#options.exams()?.examiner.leave(end);
    const site = registry.siteOf(end);
    if (site !== undefined) {
      logger.info({ site, end: end.id, reason }, 'host offline');
      this.#markSeen(site);
    }
    registry.leave(end);
    matchmaker.leave(end);
  }

  #markSeen(site: string): void {
    try {
      this.#options.directory.seen([site]);
    } catch (failure) {
      this.#options.logger.error({ err: failure }, 'the time a host was last seen could not be written');
    }
  }
}
