// SPDX-License-Identifier: Apache-2.0
// The agent of a site: registers it with the suite, keeps it registered, and serves each visitor that comes.

import { asPortholeError, errorFromWire, PortholeError } from '../proto/errors.ts';
import { isInboxPattern } from '../proto/inbox.ts';
import { INSTANCE_BYTES, MAX_INBOX_PATTERNS } from '../proto/limits.ts';
import { challengeText, isSiteName } from '../proto/rendezvous.ts';
import type { Connection } from '../transport/channel/connection.ts';
import { SessionAcceptor } from '../transport/continuity/acceptor.ts';
import type { Authorization } from '../transport/continuity/gate.ts';
import type { ResumableHost } from '../transport/continuity/host.ts';
import type { Path } from '../transport/continuity/path.ts';
import { OwnNat } from '../transport/nat/exam/own-nat.ts';
import { Teller } from '../transport/paths/news.ts';
import { Calls } from '../transport/rendezvous/calls.ts';
import { type Greeting, Rendezvous } from '../transport/rendezvous/client.ts';
import { suiteUrl } from '../transport/rendezvous/suite-url.ts';
import { nodePrimitives } from '../transport/seal/node.ts';
import { sealAsHost } from '../transport/seal/sealed.ts';
import { type Served, serveSession } from '../transport/session/host.ts';
import { ANYONE } from '../transport/session/site.ts';
import { type Clock, systemClock } from '../transport/time/clock.ts';
import { withOwnWrites } from './access/own-writes.ts';
import type { Host, HostOptions, Registration } from './host-options.ts';
import { InboxReader } from './inbox.ts';

/** How long the first registration may take, in milliseconds. */
const FIRST_CONTACT_MS = 10_000;
/** The wait before a registration that was refused for its rate is tried again, in milliseconds. */
const RATE_LIMITED_MS = 2000;
/** What no waiting mends, for a host that was registered before: a suite in trouble passes. */
const FINAL = new Set(['NAME_TAKEN', 'NAME_INVALID', 'SIGNATURE_WRONG', 'SITE_REPLACED', 'NOT_ALLOWED', 'VERSION_UNSUPPORTED']);
/** Why paths end that need not trouble the owner: visitors leave, come back too late, or are not let in, which the gate tells. */
const EXPECTED = new Set([
  'PATH_LOST',
  'PATH_SILENT',
  'CANCELLED',
  'SESSION_LOST',
  'NOT_ALLOWED',
  'PASSWORD_NEEDED',
  'PASSWORD_WRONG',
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
  'RATE_LIMITED',
]);
/** How long requests under way may take to finish when the host stops, in milliseconds. */
export const DRAIN_MS = 5000;

/**
 * Brings a site online.
 * @throws PortholeError NAME_INVALID, CONFIG_INVALID (the suite's URL is none; an inbox that cannot be) at once
 */
export function createHost(options: HostOptions): Host {
  checkHost(options);
  return new Agent(options);
}

/** Checks what can be checked before anything is made for a host. @throws PortholeError NAME_INVALID, CONFIG_INVALID */
export function checkHost({ name, suite, inbox, gate }: Pick<HostOptions, 'name' | 'suite' | 'inbox' | 'gate'>): void {
  if (!isSiteName(name)) {
    throw new PortholeError('NAME_INVALID', `"${name}" cannot be a site's name: one to 63 letters, digits and hyphens`);
  }
  suiteUrl(suite);
  checkInbox(inbox, gate);
}

/** Checks what is wished of an inbox. @throws PortholeError CONFIG_INVALID */
function checkInbox(inbox: HostOptions['inbox'], gate: HostOptions['gate']): void {
  if (!inbox) return;
  if (gate)
    throw new PortholeError(
      'CONFIG_INVALID',
      'an inbox and a gate do not go together: what is in it brings nothing that would open the gate',
    );
  if (inbox.patterns.length > MAX_INBOX_PATTERNS)
    throw new PortholeError('CONFIG_INVALID', `an inbox has at most ${MAX_INBOX_PATTERNS} patterns`);
  const wrong = inbox.patterns.find((pattern) => !isInboxPattern(pattern));
  if (wrong !== undefined) throw new PortholeError('CONFIG_INVALID', `"${wrong}" is no pattern of an inbox: a path such as /hooks/*`);
}

class Agent implements Host {
  readonly #ready = Promise.withResolvers<Registration>();
  readonly ready = this.#ready.promise;
  readonly #closed = Promise.withResolvers<PortholeError | null>();
  readonly closed = this.#closed.promise;
  readonly #options: HostOptions;
  readonly #suite: string;
  readonly #clock: Clock;
  readonly #rendezvous: Rendezvous;
  readonly #calls: Calls;
  readonly #acceptor: SessionAcceptor;
  readonly #inbox: InboxReader | undefined;
  readonly #visits = new Set<Served>();
  #visitCount = 0;
  #callsCome = 0;
  readonly #nat: OwnNat;
  readonly #unwatch: (() => void) | undefined;
  #registered = false; // once, at least
  /** Tells this run of the host from others of the same key, and what it said last from what it said before. */
  readonly #instance = crypto.getRandomValues(new Uint8Array(INSTANCE_BYTES));
  #registrations = 0;
  #ending: Promise<void> | null = null;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#suite = suiteUrl(options.suite).origin;
    this.#clock = options.clock ?? systemClock;
    this.ready.catch(() => {}); // `closed` tells it too
    this.#rendezvous = new Rendezvous(this.#suite, {
      welcome: (greeting) => void this.#register(greeting),
      gone: (reason) => options.events?.gone?.(reason),
      introduction: (introduction) => {
        this.#callsCome++;
        this.#calls.answer(introduction);
      },
      note: (note) => this.#calls.note(note),
      hangup: ({ call, code, message }) => this.#calls.hangUp(call, errorFromWire(code || 'PATH_LOST', message)),
      problem: (error) => this.#refused(error),
    });
    // Not while the exams run: they count what this end connects.
    const onLearned = (): void => this.#calls.prepare();
    this.#nat = new OwnNat({
      rendezvous: this.#rendezvous,
      examine: options.examine,
      onLearned,
      calls: () => ({ come: this.#callsCome, open: this.#calls.size }),
      onFailed: (error) => options.events?.error?.(error),
    });
    this.#calls = new Calls({
      rendezvous: this.#rendezvous,
      strategies: options.strategies,
      self: () => this.#nat.profile,
      clock: this.#clock,
      onConnection: (connection) => this.#take(connection),
      onFailure: (_strategy, error) => options.events?.error?.(error),
    });
    this.#acceptor = new SessionAcceptor({
      gate: options.gate,
      clock: this.#clock,
      onSession: (resumable, authorization) => this.#serve(resumable, authorization),
      onRefused: (error) => !EXPECTED.has(error.code) && options.events?.error?.(error),
    });
    this.#inbox = this.#openInbox();
    this.#unwatch = options.network?.(() => this.#rendezvous.check(true));
    this.#rendezvous.ready(FIRST_CONTACT_MS).catch((error) => this.#refused(asPortholeError(error)));
  }

  get visitors(): number {
    return this.#visits.size;
  }

  close(graceMs = DRAIN_MS): Promise<void> {
    this.#ending ??= this.#end(null, graceMs);
    return this.#ending;
  }

  #openInbox(): InboxReader | undefined {
    const { inbox, site, identity, events } = this.#options;
    if (!inbox) return undefined;
    return new InboxReader({
      site,
      identity,
      file: inbox.file ?? null,
      clock: this.#clock,
      keepMs: (inbox.seconds ?? 0) * 1000,
      take: (fields) => this.#rendezvous.ask('inboxtake', fields),
      onNews: (news) => events?.inbox?.(news),
      onError: (error) => events?.error?.(error),
    });
  }

  async #register(greeting: Greeting): Promise<void> {
    const { identity, name, card, unlisted, strategies, localAddresses, inbox } = this.#options;
    try {
      const registered = await this.#rendezvous.ask('register', {
        publicKey: identity.publicKey,
        signature: identity.sign(challengeText(greeting.suiteHost, greeting.nonce, name)),
        name,
        card: { ...card, keywords: card?.keywords ? [...card.keywords] : [] },
        localAddresses: [...(localAddresses?.() ?? [])],
        strategies: strategies.map((strategy) => strategy.name),
        unlisted,
        nat: this.#nat.wire,
        instance: this.#instance,
        registration: ++this.#registrations,
        inbox: inbox && { patterns: [...inbox.patterns], messages: inbox.messages, seconds: inbox.seconds },
      });
      this.#nat.behindNat = registered.behindNat;
      this.#nat.examine();
      const at: Registration = {
        suite: this.#suite,
        site: registered.site,
        name: registered.name,
        link: `${registered.link}#key=${identity.id}`,
        behindNat: registered.behindNat,
      };
      this.#registered = true;
      this.#ready.resolve(at);
      this.#options.events?.ready?.(at);
      if (registered.inbox) this.#inbox?.start();
      else if (this.#inbox)
        this.#options.events?.error?.(
          new PortholeError('NOT_ALLOWED', 'this suite keeps no inbox for this site: what comes while this host is away is refused'),
        );
    } catch (thrown) {
      const error = asPortholeError(thrown);
      // Lost between two steps: the next welcome begins again.
      if (error.code !== 'SUITE_UNREACHABLE') this.#refused(error);
    }
  }

  /** What the suite refused: some of it passes, the rest ends the host. */
  #refused(error: PortholeError): void {
    if (this.#ending) return;
    const { greeting } = this.#rendezvous;
    if (error.code === 'RATE_LIMITED' || error.code === 'TIMED_OUT' || (this.#registered && !FINAL.has(error.code))) {
      if (greeting) this.#clock.after(RATE_LIMITED_MS, () => this.#rendezvous.greeting === greeting && void this.#register(greeting));
      return;
    }
    this.#ready.reject(error);
    this.#ending = this.#end(error, DRAIN_MS);
  }

  /** A connection to a visitor stands: its other end proves who it is before anything else. */
  #take(connection: Connection): void {
    if (this.#ending) return connection.abort(new PortholeError('SESSION_CLOSED', 'the host is stopping'));
    const { identity, primitives = nodePrimitives } = this.#options;
    const sealed = sealAsHost(connection, { key: identity.sealKey, primitives, clock: this.#clock });
    void this.#acceptor.take(sealed);
  }

  #serve(resumable: ResumableHost, { who }: Authorization): void {
    const { site, events, agent } = this.#options;
    const visit = String(++this.#visitCount);
    const teller = new Teller(this.#clock, ({ via, rttMs, reason }) => events?.path?.({ visit, who, via, rttMs, reason }));
    const moved = (path: Path, reason: string): void => teller.tell('moved', path, null, () => reason);
    for (const path of resumable.paths) if (path.state === 'in-use') moved(path, 'the visitor chose it');
    resumable.onEvent((event) => {
      if (event.type === 'moved') moved(event.path, event.reason);
      // The visitor can come back by the suite only: a network that drops the one path may have dropped the other.
      if (event.type === 'doubted' || event.type === 'suspect' || event.type === 'stranded') this.#rendezvous.check();
    });
    const served = serveSession(
      resumable,
      // Who may do more than anyone has something that others could have his browser do.
      who === ANYONE ? site : withOwnWrites(site),
      {
        session: visit,
        get via() {
          return resumable.via;
        },
        who,
      },
      { agent, clock: this.#clock, onSiteError: (error) => events?.error?.(error) },
    );
    resumable.heldAbove = () => served.held;
    this.#visits.add(served);
    void served.closed.then((error) => {
      teller.hurry();
      this.#visits.delete(served);
      events?.left?.(visit, error);
    });
  }

  async #end(error: PortholeError | null, graceMs: number): Promise<void> {
    const reason = error ?? new PortholeError('SESSION_CLOSED', 'the host is stopping');
    this.#unwatch?.();
    this.#nat.close();
    this.#rendezvous.close();
    this.#calls.close(reason);
    await Promise.all([this.#inbox?.close(graceMs), ...[...this.#visits].map((served) => served.drain(reason, graceMs))]);
    await this.#acceptor.close();
    this.#ready.reject(reason);
    this.#closed.resolve(error);
  }
}
