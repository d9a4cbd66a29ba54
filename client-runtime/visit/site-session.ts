// SPDX-License-Identifier: Apache-2.0
// One session with a site: its resumable session, the path manager that finds paths for it, and the check that the other end is the site.

import { asPortholeError, type PortholeError } from '../../proto/errors.ts';
import type { Message, Nat } from '../../proto/rendezvous.ts';
import type { Connection } from '../../transport/channel/connection.ts';
import { beginResumable, type ResumableVisitor } from '../../transport/continuity/visitor.ts';
import { PathManager } from '../../transport/paths/manager.ts';
import type { PathNews } from '../../transport/paths/news.ts';
import { openInto } from '../../transport/paths/search.ts';
import type { Calls } from '../../transport/rendezvous/calls.ts';
import type { Rendezvous } from '../../transport/rendezvous/client.ts';
import { sealKeyOf } from '../../transport/seal/keys.ts';
import type { Primitives } from '../../transport/seal/primitives.ts';
import { type Sealed, sealAsVisitor } from '../../transport/seal/sealed.ts';
import { openSession, type Session } from '../../transport/session/visitor.ts';
import type { Failure } from '../../transport/strategy/engine.ts';
import type { Policy } from '../../transport/strategy/policy.ts';
import type { StrategyInfo } from '../../transport/strategy/strategy.ts';
import type { NetworkWatch } from '../../transport/system/network.ts';
import type { Clock } from '../../transport/time/clock.ts';
import type { VisitorOf } from '../visitor/visitor.ts';

/** How long a try to open connections waits for the suite, in milliseconds. */
const SUITE_MS = 10_000;

export interface SiteSessionOptions {
  /** The site's id, as the suite names it; connections are opened before it comes, and closed when it does not. */
  readonly site: Promise<string>;
  readonly visitor: VisitorOf;
  readonly rendezvous: Rendezvous;
  readonly calls: Calls;
  /** What this end knows of its network now. */
  readonly nat: () => Nat;
  readonly policy: Policy;
  /** The strategies this end has. */
  readonly strategies: readonly StrategyInfo[];
  readonly primitives: Primitives;
  readonly network?: NetworkWatch | undefined;
  readonly clock: Clock;
  readonly agent?: string | undefined;
  /** A strategy is begun. */
  readonly onAttempt: (strategy: string) => void;
  /** A connection stands: requests made now go with the first messages on it. */
  readonly onConnection: () => void;
  /** What carries the session has changed, or was looked for in vain. */
  readonly onNews: (news: PathNews) => void;
  /** A try to open connections was refused before it began: the host is away, say. */
  readonly onObstacle: (error: PortholeError) => void;
}

export class SiteSession {
  readonly session: Session;
  readonly #options: SiteSessionOptions;
  readonly #resumable: ResumableVisitor;
  readonly #paths: PathManager;
  #stood = false; // a path, once at least
  #error: PortholeError | null = null; // why the resumable session is over

  constructor(options: SiteSessionOptions) {
    const { visitor, policy, strategies, network, rendezvous, clock, agent, onNews } = options;
    this.#options = options;
    this.#resumable = beginResumable({ credentials: visitor.credentials, clock });
    this.session = openSession(this.#resumable, { clock, agent });
    this.#paths = new PathManager({
      resumable: this.#resumable,
      policy,
      strategies,
      open: (wanted, signal, onAttempt) => this.#open(wanted, signal, onAttempt),
      clock,
      onNews,
    });
    const unwatch = network?.((reason) => {
      rendezvous.check(true);
      this.#paths.changed(reason);
    });
    this.#resumable.onEvent((event) => {
      if (event.type === 'joined') this.#stood = true;
      // What has the path drop has the suite's connection drop, too, as often as not: and by that the next path is opened.
      if (event.type === 'doubted' || event.type === 'suspect' || event.type === 'stranded') rendezvous.check();
      if (event.type !== 'over') return;
      this.#error = event.error;
      unwatch?.();
    });
  }

  /** Whether a path carries it. */
  get carried(): boolean {
    return this.#resumable.via !== '';
  }

  /**
   * Opens the first path; resolves when it carries.
   * @throws PortholeError what stands in the way: KEY_WRONG, LINK_INVALID when the site's id is no key, NO_PATH, a refusal of the
   *   host's or the suite's. It is over then.
   */
  async start(): Promise<void> {
    try {
      await this.#paths.start();
    } catch (thrown) {
      const error = this.#error ?? asPortholeError(thrown);
      this.#resumable.abort(error);
      throw error;
    }
  }

  /** Something that no path shows has changed: what is missing is looked for at once. */
  changed(reason: string): void {
    this.#paths.changed(reason);
  }

  /** More is known of the networks between here and there: a better path is looked for at once. */
  learned(): void {
    this.#paths.learned();
  }

  async close(): Promise<void> {
    this.#paths.finish();
    await this.session.close();
  }

  async #open(names: readonly string[], signal: AbortSignal, begun: (name: string) => void): Promise<readonly Failure[]> {
    const { calls, policy, onConnection, onObstacle } = this.#options;
    const onAttempt = (strategy: string): void => {
      begun(strategy);
      this.#options.onAttempt(strategy);
    };
    try {
      const introduction = await this.#introduce(names, signal);
      // Who waits for a session that was under way has waited enough: whatever carries first.
      const headStartMs = this.#stood ? 0 : undefined;
      return await openInto(
        (onPath) => calls.open(introduction, { policy, names, signal, onAttempt, onPath, headStartMs }),
        async (connection) => {
          onConnection();
          await this.#resumable.add(await this.#seal(connection));
        },
      );
    } catch (thrown) {
      const error = asPortholeError(thrown);
      if (!signal.aborted) onObstacle(error);
      throw error;
    }
  }

  /** Is introduced to the host; a connection to the suite that breaks meanwhile is waited for, once. */
  async #introduce(names: readonly string[], signal: AbortSignal): Promise<Message<'Introduction'>> {
    const { rendezvous, visitor, nat } = this.#options;
    for (let again = true; ; again = false) {
      await rendezvous.ready(SUITE_MS, signal);
      try {
        return await rendezvous.ask('introduce', { link: visitor.site ?? visitor.link, strategies: [...names], nat: nat() });
      } catch (thrown) {
        if (!again || signal.aborted || asPortholeError(thrown).code !== 'SUITE_UNREACHABLE') throw thrown;
      }
    }
  }

  async #seal(connection: Connection): Promise<Sealed> {
    const { visitor, primitives, clock } = this.#options;
    try {
      const site = await this.#options.site;
      return sealAsVisitor(connection, { key: await visitor.key(site), site: sealKeyOf(site), primitives, clock });
    } catch (thrown) {
      connection.abort(asPortholeError(thrown));
      throw thrown;
    }
  }
}
