// SPDX-License-Identifier: Apache-2.0
// Sends hurt and false messages to both ends of live sessions, by a seed: no crash, no hang, no growth; a coded error, or nothing.

import assert from 'node:assert/strict';
import { isErrorCode, PortholeError } from '../../proto/errors.ts';
import { decodePathMessage, encodePathMessage, type PathMessage } from '../../proto/path.ts';
import { encodeFrame } from '../../proto/site.ts';
import type { Receiver } from '../../transport/channel/connection.ts';
import { SessionAcceptor } from '../../transport/continuity/acceptor.ts';
import type { Gate } from '../../transport/continuity/gate.ts';
import { beginResumable } from '../../transport/continuity/visitor.ts';
import type { Sealed } from '../../transport/seal/sealed.ts';
import { type Served, serveSession } from '../../transport/session/host.ts';
import type { ConnectAnswer, ConnectRequest, Site } from '../../transport/session/site.ts';
import { openSession } from '../../transport/session/visitor.ts';
import { type FakeClock, fakeClock } from '../support/clock.ts';
import { HASH, testKey } from '../support/sealed.ts';
import { someMessage } from './corpus.ts';
import { type Chance, chanceOf } from './hurt.ts';

/** Messages that one session is sent, at the most. */
const MOST_MESSAGES = 24;
/** Messages after which the other end's turn of the event loop comes. */
const TURN = 8;
/** Time in which whatever was begun must have ended: longer than every time-out of a session, in milliseconds. */
const LONGEST_MS = 400_000;
const NO_SESSION = new Uint8Array(16);

const nothing = (): void => {};
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A path that the fuzzer holds the other end of. */
class Plug implements Sealed {
  readonly via = 'fuzz';
  readonly maxMessage = 65_517;
  readonly resent = 0;
  readonly proved = { key: testKey(1), hash: HASH };
  readonly ready = Promise.resolve(this.proved);
  /** The last word of the end under test about this path. */
  last: PathMessage | null = null;
  session: Uint8Array = NO_SESSION;
  over = false;
  #receiver: Receiver | null = null;

  send(head: Uint8Array, content?: Uint8Array): boolean {
    assert.ok(head.length + (content?.length ?? 0) <= this.maxMessage);
    if (head[0] === 1) {
      this.last = decodePathMessage(head.subarray(1));
      if (this.last.type === 'joined') this.session = this.last.session;
    }
    return !this.over;
  }
  start(receiver: Receiver): void {
    this.#receiver = receiver;
  }
  pause(): void {}
  resume(): void {}
  gather(): void {}
  async close(): Promise<void> {
    this.over = true;
  }
  abort(): void {
    this.over = true;
  }

  /** Gives the end under test a message. */
  give(message: Uint8Array): void {
    if (!this.over) this.#receiver?.message(message);
  }
  /** The path breaks. */
  cut(): void {
    if (!this.over) this.#receiver?.ended(new PortholeError('PATH_LOST'));
  }
}

const said = (message: PathMessage): Uint8Array => Uint8Array.of(1, ...encodePathMessage(message));
const CARRY = said({ type: 'carry', move: 1, next: 0, received: 0, sound: false });
const HELLO = Uint8Array.of(
  0,
  ...encodeFrame({
    type: 'hello',
    stream: 0,
    end: false,
    hello: { version: 1, features: ['connect'], agent: 'fuzz', streamCredit: 65_536, sessionCredit: 262_144 },
  }),
);
const join = (session: Uint8Array): Uint8Array => said({ type: 'join', session, received: 0, token: new Uint8Array(0) });

class Fuzz {
  readonly codes: Record<string, number> = {};
  mutations = 0;
  readonly #chance: Chance;
  readonly #clock: FakeClock = fakeClock();
  readonly #most: number;

  constructor(seed: number, mutations: number) {
    this.#chance = chanceOf(seed);
    this.#most = mutations;
  }

  async run(): Promise<void> {
    while (this.mutations < this.#most) await (this.#chance(2) === 0 ? this.#host() : this.#visitor());
    assert.equal(this.#clock.timers, 0, 'timers are left');
  }

  #count(code: string): void {
    assert.ok(code === 'harmless' || (isErrorCode(code) && code !== 'INTERNAL'), code);
    this.codes[code] = (this.codes[code] ?? 0) + 1;
  }

  /** Messages to one of some paths, until none is left; `further` opens another. */
  async #attack(paths: Plug[], session: () => Uint8Array, further: () => Plug): Promise<void> {
    for (let messages = this.#chance(MOST_MESSAGES) + 1; messages > 0 && this.mutations < this.#most; messages--) {
      if (this.#chance(12) === 0 && paths.length < 6) paths.push(further());
      const open = paths.filter((path) => !path.over);
      const path = open[this.#chance(open.length)];
      if (!path) break;
      this.mutations++;
      path.give(someMessage(session(), this.#chance));
      if (this.#chance(20) === 0) path.cut();
      if (this.#chance(TURN) === 0) await turn();
      if (this.#chance(16) === 0) this.#clock.advance(this.#chance(3000));
      this.#count(path.over ? endOf(path) : 'harmless');
    }
  }

  /** Nothing may be left waiting: what does not end at once ends by its time. */
  async #settle(waiting: readonly Promise<unknown>[], what: string): Promise<void> {
    let settled = false;
    const all = Promise.allSettled(waiting).then(() => {
      settled = true;
    });
    for (let ms = 0; !settled && ms < LONGEST_MS; ms += 20_000) {
      await turn();
      if (!settled) this.#clock.advance(20_000);
    }
    await turn();
    assert.ok(settled, `${what} does not end`);
    await all;
  }

  async #host(): Promise<void> {
    const served: Served[] = [];
    const acceptor = new SessionAcceptor({
      clock: this.#clock,
      gate: this.#chance(4) === 0 ? this.#gate() : undefined,
      onSession: (resumable) => void served.push(serveSession(resumable, site, { session: '1', via: 'fuzz' }, { clock: this.#clock })),
    });
    const taken: Promise<void>[] = [];
    const plug = (): Plug => {
      const path = new Plug();
      taken.push(acceptor.take(path));
      return path;
    };
    const first = plug();
    const begin = [join(new Uint8Array(0)), CARRY, HELLO].slice(0, 1 + this.#chance(6));
    for (const message of begin) first.give(message);
    await turn();
    const paths = [first];
    await this.#attack(
      paths,
      () => first.session,
      () => {
        const further = plug();
        if (this.#chance(3) > 0) further.give(join(first.session));
        return further;
      },
    );
    for (const path of paths) path.cut();
    for (const session of served) void session.closed.then((error) => this.#count(error?.code ?? 'harmless'));
    await this.#settle([...taken, ...served.map(({ closed }) => closed)], "a host's session");
    // What is left of a session that nobody was let into ends by itself, too.
    for (let ms = 0; acceptor.sessions > 0 && ms < LONGEST_MS; ms += 20_000) {
      this.#clock.advance(20_000);
      await turn();
    }
    assert.equal(acceptor.sessions, 0, 'a session is left');
    await acceptor.close();
  }

  async #visitor(): Promise<void> {
    const answer = async (): Promise<{ password: Uint8Array }> => ({ password: new Uint8Array(32) });
    const resumable = beginResumable({ clock: this.#clock, credentials: this.#chance(2) === 0 ? { answer } : {} });
    const session = openSession(resumable, { clock: this.#clock });
    const adding: Promise<unknown>[] = [];
    const plug = (): Plug => {
      const path = new Plug();
      adding.push(resumable.add(path));
      adding.at(-1)?.catch(nothing);
      return path;
    };
    const asked = [...['GET', 'HEAD', 'POST'].map((method) => this.#fetch(session, method)), this.#connect(session)];
    const first = plug();
    const id = testKey(3).subarray(0, 16);
    const joined = said({ type: 'joined', session: id, received: 0 });
    const begin = [joined, CARRY, HELLO].slice(0, this.#chance(7));
    for (const message of begin) first.give(message);
    await turn();
    await this.#attack(
      [first],
      () => id,
      () => {
        const further = plug();
        if (this.#chance(3) > 0) further.give(joined);
        return further;
      },
    );
    if (this.#chance(2) === 0) resumable.abort(new PortholeError('CANCELLED'));
    void session.closed.then((error) => this.#count(error?.code ?? 'harmless'));
    await this.#settle([...asked, ...adding, session.close(), session.closed], "a visitor's session");
  }

  /** A request, and its content to the end; what fails must have a code. */
  async #fetch(session: ReturnType<typeof openSession>, method: string): Promise<void> {
    try {
      const body = method === 'POST' ? new Blob(['x'.repeat(3000)]).stream() : null;
      const response = await session.fetch({ method, url: 'http://site/', headers: [], body });
      await response.arrayBuffer();
    } catch (error) {
      assert.ok(error instanceof PortholeError, String(error));
      this.#count(error.code);
    }
  }

  /** A tunnel, what is said on it and what comes, to the end. */
  async #connect(session: ReturnType<typeof openSession>): Promise<void> {
    try {
      const { readable, writable } = await session.connect({ target: '/', headers: [], protocol: 'websocket' });
      await Promise.all([new Response(readable).arrayBuffer(), new Blob(['x'.repeat(3000)]).stream().pipeTo(writable)]);
    } catch (error) {
      // A refusal leaves nothing to write to, which is an error of the stream's own.
      if (error instanceof TypeError) return;
      assert.ok(error instanceof PortholeError, String(error));
      this.#count(error.code);
    }
  }

  #gate(): Gate {
    const code = this.#chance(2) === 0 ? 'PASSWORD_NEEDED' : 'PASSWORD_WRONG';
    return {
      async authorize(_, ask) {
        const { password } = await ask({ code, message: '', salt: new Uint8Array(16), cost: 1024 });
        if (password.length === 32) return { who: 'password' };
        throw new PortholeError('PASSWORD_WRONG');
      },
    };
  }
}

/** With which code the end under test ended a path. */
function endOf({ last }: Plug): string {
  return last?.type === 'refused' || last?.type === 'over' ? last.code : 'PATH_LOST';
}

async function answer(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === '/fail') throw new Error('the site failed');
  if (pathname === '/wait')
    return new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(request.signal.reason)));
  if (pathname === '/echo') return new Response(request.body);
  return new Response('hello');
}

const site: Site = Object.assign((request: Request) => answer(request), {
  async connect({ target, readable, writable, signal }: ConnectRequest): Promise<ConnectAnswer> {
    if (target === '/fail') throw new Error('the site failed');
    if (target === '/wait') return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    if (target !== '/echo') return { status: 404 };
    void readable.pipeTo(writable).catch(() => {});
    return { status: 200 };
  },
});

/**
 * Mutated and false messages to hosts and visitors in turns.
 * @returns how many there were, and how often each code came of it; 'harmless' for none
 */
export async function fuzzResumable(seed: number, mutations: number): Promise<{ mutations: number; codes: Record<string, number> }> {
  const fuzz = new Fuzz(seed, mutations);
  await fuzz.run();
  return { mutations: fuzz.mutations, codes: fuzz.codes };
}
