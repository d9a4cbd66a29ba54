// SPDX-License-Identifier: Apache-2.0
// Two ends of a session that outlives its paths, over wires that a test can hold and cut.

import { PortholeError } from '../../proto/errors.ts';
import type { Connection } from '../../transport/channel/connection.ts';
import { memoryPair, type Wire } from '../../transport/channel/memory.ts';
import { type AcceptorOptions, SessionAcceptor } from '../../transport/continuity/acceptor.ts';
import type { Authorization, Credentials } from '../../transport/continuity/gate.ts';
import type { Path, PathEvent } from '../../transport/continuity/path.ts';
import type { ResumableSession } from '../../transport/continuity/resumable-session.ts';
import { beginResumable, type ResumableVisitor } from '../../transport/continuity/visitor.ts';
import { PathManager } from '../../transport/paths/manager.ts';
import { nodePrimitives } from '../../transport/seal/node.ts';
import { type Sealed, sealAsHost, sealAsVisitor } from '../../transport/seal/sealed.ts';
import { FASTEST } from '../../transport/strategy/policy.ts';
import { type Clock, systemClock } from '../../transport/time/clock.ts';
import { plainSealed, testKey } from './sealed.ts';
import { type Valve, valveOn } from './valve.ts';

/** Seals both ends of a pair of connections. */
export type Seal = (a: Connection, b: Connection) => { readonly visitor: Sealed; readonly host: Sealed };

export const VISITOR_KEY = testKey(1);
export const HOST_KEY = testKey(2);

/** Without cryptography. */
export const PLAIN: Seal = (a, b) => ({ visitor: plainSealed(a, HOST_KEY), host: plainSealed(b, VISITOR_KEY) });

/** The real seal, with keys of its own. */
export function realSeal(): Seal {
  const [visitorKey, hostKey] = [nodePrimitives.newKeyPair(), nodePrimitives.newKeyPair()];
  return (a, b) => ({
    host: sealAsHost(b, { key: hostKey, primitives: nodePrimitives }),
    visitor: sealAsVisitor(a, { key: visitorKey, site: hostKey.publicKey, primitives: nodePrimitives }),
  });
}

/** Lets what is under way arrive, and what follows from it. */
export async function settled(turns = 12): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Has a session carried by the best of the paths that the test adds; none are looked for. */
export function managed(resumable: ResumableVisitor, clock: Clock = systemClock): PathManager {
  const manager = new PathManager({
    resumable,
    clock,
    policy: FASTEST,
    strategies: [],
    open: () => new Promise(() => {}),
    onNews: () => {},
  });
  manager.start().catch(() => {});
  return manager;
}

export interface Added {
  readonly wire: Wire;
  readonly path: Promise<Path>;
  readonly visitor: Sealed;
  readonly host: Sealed;
}

/** A host's acceptor and a visitor's resumable. */
export class Resumables {
  readonly acceptor: SessionAcceptor;
  readonly visitor: ResumableVisitor;
  /** The host's ends, in the order they were authorized. */
  readonly hosts: ResumableSession[] = [];
  readonly authorizations: Authorization[] = [];
  readonly events: PathEvent[] = [];
  /** What the host does with a new session at once. */
  answer: (resumable: ResumableSession) => void = () => {};

  readonly #seal: Seal;
  readonly manager: PathManager;

  constructor(options: { clock?: Clock; credentials?: Credentials; seal?: Seal } & Partial<AcceptorOptions> = {}) {
    const { clock, credentials, seal = PLAIN, ...rest } = options;
    this.#seal = seal;
    this.acceptor = new SessionAcceptor({
      clock,
      onSession: (resumable, authorization) => {
        this.hosts.push(resumable);
        this.authorizations.push(authorization);
        this.answer(resumable);
      },
      ...rest,
    });
    this.visitor = beginResumable({ clock, credentials });
    this.manager = managed(this.visitor, clock);
    this.visitor.onEvent((event) => this.events.push(event));
  }

  /** The host's end of the newest session. */
  get host(): ResumableSession {
    const resumable = this.hosts.at(-1);
    if (!resumable) throw new Error('no session was authorized');
    return resumable;
  }

  /** A further path, and its wire. */
  add(via = 'memory'): Added {
    const { a, b, wire } = memoryPair(via);
    return { wire, ...this.join(a, b) };
  }

  /** A further path with valves at the visitor's end, once it stands. */
  async addedWithValve(via = 'memory'): Promise<Omit<Added, 'wire'> & { readonly valve: Valve; readonly stood: Path }> {
    const { a, b } = memoryPair(via);
    const valve = valveOn(a);
    const one = this.join(valve.connection, b);
    return { ...one, valve, stood: await one.path };
  }

  /** A further path over connections of the test's own. */
  join(a: Connection, b: Connection): Omit<Added, 'wire'> {
    const { visitor, host } = this.#seal(a, b);
    void this.acceptor.take(host);
    const path = this.visitor.add(visitor);
    path.catch(() => {});
    return { path, visitor, host };
  }

  /** A further path, once it stands. */
  async added(via?: string): Promise<Added & { readonly stood: Path }> {
    const one = this.add(via);
    return { ...one, stood: await one.path };
  }

  end(): void {
    this.manager.stop();
    this.visitor.abort(new Error('the test is over'));
    this.acceptor.abort(new PortholeError('SESSION_CLOSED', 'the test is over'));
  }
}
